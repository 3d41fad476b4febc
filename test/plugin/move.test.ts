import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { gte, select } from "../../provider/query/build/builder";
import { createStack, type Exports, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.05, reuse: "never" } });
}, 900_000);
afterAll(() => cloud.stop());

const up = ["up", "--yes", "--skip-preview"];
const DYNAMIC = "pulumi-nodejs:dynamic/domo:S3Export";
const posts = () => cloud.emulator.control.countRequests({ method: "POST", path: "/export/" });
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

test("an export that was not whole is taken over by the plugin, and exports again", async () => {
  paths++;
  const exports = exportsNamed(["sales"]);
  const stack = await createStack(cloud, "plugin");
  await cloud.emulator.control.setOptions({ failWith: { errorCode: "QUERY_FAILED", message: "Out of memory" } });
  const failed = await dynamically(() => stack.run(exports, ...up));
  await cloud.emulator.control.setOptions({ failWith: null });
  expect(failed.code).not.toBe(0);
  expect(await stack.state("sales")).toMatchObject({ type: DYNAMIC, outputs: { exportStatus: "error" } });
  const asked = await posts();
  await stack.mustRun(exports, ...up);
  expect(await posts()).toBe(asked + 1);
  expect(await stack.state("sales")).toMatchObject({
    type: "domo:index:S3Export",
    outputs: { exportStatus: "success", origin: "created" },
  });
});

test("an export that has drifted is repaired by the plugin", async () => {
  paths++;
  const exports = exportsNamed(["sales"]);
  const stack = await createStack(cloud, "plugin");
  await dynamically(() => stack.mustRun(exports, ...up));
  const [key = ""] = await cloud.s3.dataKeys(cloud.bucket, `exports/v${paths}/`);
  await cloud.s3.remove(cloud.bucket, key);
  await dynamically(() => stack.mustRun(exports, "refresh", "--yes", "--skip-preview"));
  expect((await stack.state("sales"))?.outputs?.drift).toHaveLength(1);
  await stack.mustRun(exports, ...up);
  expect((await stack.state("sales"))?.outputs).toMatchObject({ drift: [], exportStatus: "success" });
  expect(await cloud.s3.dataKeys(cloud.bucket, `exports/v${paths}/`)).toHaveLength(1);
});

test("both classes give the same id, digest, key and file", async () => {
  paths++;
  await cloud.emulator.control.advanceData({ dataset: salesDataset });
  await cloud.emulator.control.setOptions({ reuse: "always" });
  const exports = exportsNamed(["sales"]);
  const [one, other] = [await createStack(cloud, "plugin"), await createStack(cloud, "plugin")];
  await dynamically(() => one.mustRun(exports, ...up));
  await other.mustRun(exports, ...up);
  await cloud.emulator.control.setOptions({ reuse: "never" });
  const [a, b] = [await one.state("sales"), await other.state("sales")];
  expect(b?.id).toBe(a?.id);
  expect(b?.outputs).toMatchObject({ origin: "reused", definition: a?.outputs?.definition, files: a?.outputs?.files });
});
