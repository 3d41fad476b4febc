import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from "../../local/fault-proxy";
import { gte, select } from "../../provider/query/build/builder";
import { createStack, type Exports, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

let cloud: TestCloud;
let domo: FaultProxy;
let aws: FaultProxy;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.05, reuse: "never" } });
  [domo, aws] = [await startFaultProxy(cloud.emulator.url), await startFaultProxy(cloud.moto.endpoint)];
  Object.assign(cloud.env, { DOMO_BASE_URL: domo.url, AWS_ENDPOINT_URL: aws.url });
}, 900_000);
afterAll(async () => {
  await Promise.all([domo.shut(), aws.shut()]);
  await cloud.stop();
});

const up = ["up", "--yes", "--skip-preview"];
const DYNAMIC = "pulumi-nodejs:dynamic/domo:S3Export";
const posts = () => cloud.emulator.control.countRequests({ method: "POST", path: "/export/" });
const encrypted = { ciphertext: expect.any(String) as string };
const secretQuery = (): unknown => ({
  kind: "sql",
  text: { "secret!": `SELECT "Region" FROM dataset WHERE "Region" = 'West'` },
});
const from = (least: number): unknown =>
  JSON.parse(JSON.stringify(select("Order ID", "Sales").where(gte("Sales", least))));

let paths = 0;
function exportsNamed(names: readonly string[], more: Record<string, unknown> = {}): Exports {
  const args = { dataset: salesDataset, bucket: cloud.bucket, roleArn: cloud.roleArn };
  const entry = (name: string, at: number) => [
    name,
    { args: { ...args, query: from(at), path: `exports/v${paths}/${name}`, ...more } },
  ];
  return Object.fromEntries(names.map(entry)) as Exports;
}

/** Runs the same program by the class of the dynamic resource. */
async function dynamically<T>(operation: () => Promise<T>): Promise<T> {
  cloud.env.TEST_CLASS = "pulumi-domo-s3-export";
  try {
    return await operation();
  } finally {
    delete cloud.env.TEST_CLASS;
  }
}

async function typesOf({ workspace }: TestStack): Promise<string[]> {
  const { deployment } = await workspace.stackExport();
  const types = deployment.resources?.map(({ type }) => type) ?? [];
  return types.filter((type) => type.includes("domo") && !type.startsWith("pulumi:"));
}

test("21 exports of the dynamic resource move by the class alone: nothing is asked to run, and nothing changes", async () => {
  paths++;
  const exports = exportsNamed(Array.from({ length: 21 }, (_, index) => `export-${index}`));
  const stack = await createStack(cloud, "plugin");
  await dynamically(() => stack.mustRun(exports, ...up));
  expect(await typesOf(stack)).toEqual(Array(21).fill(DYNAMIC));
  const before = await stack.state("export-7");

  const asked = await posts();
  expect(await stack.mustRun(exports, "preview", "--expect-no-changes")).toContain("22 unchanged");
  await stack.mustRun(exports, ...up, "--expect-no-changes");
  expect(await posts()).toBe(asked);
  expect(await typesOf(stack)).toEqual(Array(21).fill("domo:index:S3Export"));
  const { id, exportId } = { id: before?.id, exportId: before?.outputs?.exportId };
  expect(await stack.state("export-7")).toMatchObject({ id, outputs: { exportId, exportStatus: "success" } });

  await stack.mustRun(exports, "refresh", "--yes", "--skip-preview");
  expect((await stack.state("export-7"))?.outputs).not.toHaveProperty("__provider");
  await stack.mustRun(exports, ...up, "--expect-no-changes");
  expect(await posts()).toBe(asked);
  await stack.mustRun(exports, "destroy", "--yes", "--skip-preview");
}, 240_000);

/** A state that the dynamic class leaves, and what the move of it costs. */
const kinds: {
  kind: string;
  posts: number;
  args?: Record<string, unknown>;
  /** Runs the dynamic class until it has left the state. */
  leave: (it: { stack: TestStack; exports: Exports }) => Promise<void>;
  /** What the state says before the move. */
  left: object;
  /** What it says after it, in addition to an export that is whole. */
  moved?: object;
}[] = [
  {
    kind: "exporting, as the time limit has passed",
    posts: 0,
    args: { timeoutSeconds: 1 },
    async leave({ stack, exports }) {
      await cloud.emulator.control.setOptions({ exportSeconds: 600 });
      expect((await stack.run(exports, ...up)).code).not.toBe(0);
      await cloud.emulator.control.setOptions({ exportSeconds: 0.05 });
      const { exportId } = (await stack.state("sales"))?.outputs ?? {};
      await cloud.emulator.control.finishExport({ exportId: String(exportId) });
    },
    left: { exportStatus: "exporting" },
  },
  {
    kind: "unverified, as S3 did not answer",
    posts: 0,
    async leave({ stack, exports }) {
      const inFolder = ({ method, url }: ProxiedRequest) =>
        method === "GET" && url.includes("list-type=2") && /[0-9a-f]{8}-[0-9a-f]{4}-[^&]*%2F&/.test(`${url}&`);
      const denied = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
      const lift = aws.add({ match: inFolder, answer: () => ({ status: 403, body: denied }) });
      expect((await stack.run(exports, ...up)).code).not.toBe(0);
      lift();
    },
    left: { exportStatus: "unverified" },
  },
  {
    kind: "unknown, as the POST's answer and the list after it were lost, while the export exists",
    posts: 0,
    async leave({ stack, exports }) {
      const isPost = ({ method, url }: ProxiedRequest) => method === "POST" && url.includes("/api/query/v1/export/");
      let isSent = false;
      const refuses = domo.add({
        match: ({ url }) => isSent && url.includes("/api/query/v1/export/"),
        answer: () => ({ status: 403, body: "{}" }),
      });
      const loses = domo.add({
        match: isPost,
        edit: () => ((isSent = true), { status: 200, body: "<html>" }),
      });
      expect((await stack.run(exports, ...up)).code).not.toBe(0);
      refuses();
      loses();
    },
    left: { exportStatus: "unknown" },
  },
  {
    kind: "error, as Domo failed",
    posts: 1,
    async leave({ stack, exports }) {
      await cloud.emulator.control.setOptions({ failWith: { errorCode: "QUERY_FAILED", message: "Out of memory" } });
      expect((await stack.run(exports, ...up)).code).not.toBe(0);
      await cloud.emulator.control.setOptions({ failWith: null });
    },
    left: { exportStatus: "error" },
    moved: { origin: "created" },
  },
  {
    kind: "drifted by new data that is only reported",
    posts: 0,
    args: { onNewData: "report" },
    async leave({ stack, exports }) {
      await stack.mustRun(exports, ...up);
      await cloud.emulator.control.advanceData({ dataset: salesDataset });
      await stack.mustRun(exports, "refresh", "--yes", "--skip-preview");
    },
    left: { drift: [{ kind: "new-data" }] },
    moved: { drift: [{ kind: "new-data" }] },
  },
  {
    kind: "drifted by an object that is gone",
    posts: 1,
    async leave({ stack, exports }) {
      await stack.mustRun(exports, ...up);
      const [key = ""] = await cloud.s3.dataKeys(cloud.bucket, `exports/v${paths}/`);
      await cloud.s3.remove(cloud.bucket, key);
      await stack.mustRun(exports, "refresh", "--yes", "--skip-preview");
    },
    left: { drift: [{ kind: "object-missing" }] },
    moved: { drift: [] },
  },
  {
    kind: "encrypted, as the query holds a secret",
    posts: 0,
    args: { query: secretQuery() },
    leave: async ({ stack, exports }) => void (await stack.mustRun(exports, ...up)),
    left: { sql: encrypted, query: encrypted },
    moved: { sql: encrypted, query: encrypted },
  },
];

test.each(kinds)(
  "$kind: the move asks Domo for $posts exports, and the next up for no more",
  { timeout: 240_000 },
  async ({ posts: more, args, leave, left, moved }) => {
    paths++;
    const exports = exportsNamed(["sales"], args);
    const stack = await createStack(cloud, "plugin");
    await dynamically(() => leave({ stack, exports }));
    expect(await stack.state("sales")).toMatchObject({ type: DYNAMIC, outputs: left });
    const asked = await posts();
    const same = {
      sales: { args: { ...exports.sales?.args, ...(args?.timeoutSeconds ? { timeoutSeconds: 60 } : {}) } },
    };
    await stack.mustRun(same, ...up);
    expect(await posts()).toBe(asked + more);
    const now = { exportStatus: "success", ...moved };
    expect(await stack.state("sales")).toMatchObject({ type: "domo:index:S3Export", outputs: now });
    expect(await cloud.s3.dataKeys(cloud.bucket, `exports/v${paths}/`)).toHaveLength(1);
    await stack.mustRun(same, ...up, "--expect-no-changes");
    expect(await posts()).toBe(asked + more);
  },
);

test("the move is one-way: with an alias back to the dynamic class, refresh and destroy fail", async () => {
  paths++;
  const exports = exportsNamed(["sales"]);
  const stack = await createStack(cloud, "plugin");
  await stack.mustRun(exports, ...up);
  const back = { sales: { ...exports.sales!, opts: { aliases: [{ type: "domo:index:S3Export" }] } } };
  await dynamically(() => stack.mustRun(back, ...up));
  expect(await typesOf(stack)).toEqual([DYNAMIC]);
  for (const command of ["refresh", "destroy"]) {
    const { code, stdout } = await dynamically(() => stack.run(back, command, "--yes", "--skip-preview"));
    expect(code, command).not.toBe(0);
    expect(stdout, command).toContain("code must be a string");
  }
  expect(await cloud.s3.dataKeys(cloud.bucket, `exports/v${paths}/`)).toHaveLength(1);
}, 240_000);

test.each([
  { deleteObjects: false, left: 1 },
  { deleteObjects: true, left: 0 },
])(
  "back without an alias is another resource of the same export; deleteObjects $deleteObjects: $left objects are left",
  { timeout: 240_000 },
  async ({ deleteObjects, left }) => {
    paths++;
    const exports = exportsNamed(["sales"], { deleteObjects });
    const stack = await createStack(cloud, "plugin");
    await stack.mustRun(exports, ...up);
    const asked = await posts();
    await dynamically(() => stack.mustRun(exports, ...up));
    expect(await posts()).toBe(asked);
    expect(await stack.state("sales")).toMatchObject({ type: DYNAMIC, outputs: { origin: "reused" } });
    // The plugin's process, which deletes the old resource, does not know what the new one holds.
    expect(await cloud.s3.dataKeys(cloud.bucket, `exports/v${paths}/`)).toHaveLength(left);
  },
);

test("both classes give the same id, digest and file; run independently, the files have the same bytes", async () => {
  paths++;
  const exports = exportsNamed(["sales"]);
  const delivered = async (stack: TestStack) => {
    const { id, outputs = {} } = (await stack.state("sales")) ?? {};
    const [file] = outputs.files as { key: string; rows: number; bytes: number; etag: string }[];
    const key = file?.key.replace(String(outputs.exportId), "<id>");
    const body = await cloud.s3.get(cloud.bucket, file?.key ?? "");
    return {
      outputs,
      alike: { id, definition: outputs.definition, file: { ...file, key }, csv: gunzipSync(body).toString() },
    };
  };
  const [one, other] = [await createStack(cloud, "plugin"), await createStack(cloud, "plugin")];
  await dynamically(() => one.mustRun(exports, ...up));
  const first = await delivered(one);
  await cloud.emulator.control.forgetExport(String(first.outputs.exportId));
  await other.mustRun(exports, ...up);
  const second = await delivered(other);
  expect(second.outputs).toMatchObject({ origin: "created" });
  expect(second.outputs.exportId).not.toBe(first.outputs.exportId);
  expect(second.alike).toEqual({ ...first.alike, file: { ...first.alike.file, url: expect.any(String) as string } });
});
