import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { eq, gte, select } from "../../provider/query/build/builder";
import type { IncompleteExportError } from "../../provider/state/incomplete-export";
import type { ExportState } from "../../provider/state/export-state";
import { startFaultProxy } from "../../local/fault-proxy";
import { type Lab, REGION, startLab } from "../support/lab";

let lab: Lab;
let path: string;
let count = 0;
beforeAll(async () => {
  lab = await startLab();
});
beforeEach(async () => {
  await lab.emulator.control.reset();
  path = `exports/case-${++count}`;
});
afterAll(() => lab.stop());

const plain = (query: unknown): unknown => JSON.parse(JSON.stringify(query));
const west = plain(select("Order ID", "Sales").where(eq("Region", "West")));
const large = plain(select("Order ID", "Sales").where(gte("Sales", 20)));
const args = (more: Record<string, unknown> = {}) => ({
  dataset: lab.dataset,
  query: west,
  bucket: lab.bucket,
  path,
  roleArn: lab.roleArn,
  ...more,
});
const stored = async () => (await lab.keys()).filter((key) => key.startsWith(`${path}/`));
const started = async () => (await lab.emulator.control.exports({})).length;
const newData = () => lab.emulator.control.advanceData({ dataset: lab.dataset, append: [["A-9", "West", 99]] });

/** Another's export takes the slot, and the next list does not show it yet. */
async function takeSlotUnseen(busy: "running-200" | "400" | "409"): Promise<void> {
  const { control } = lab.emulator;
  await control.setOptions({ busy, reuse: "never" });
  await control.startForeignExport({ dataset: lab.dataset, bucket: "elsewhere", seconds: 1 });
  await control.inject({ method: "GET", path: "v1/export", fault: { kind: "answer", status: 200, body: [] } });
}

async function failure(run: Promise<unknown>): Promise<Error> {
  return run.then(
    () => expect.fail("it succeeded"),
    (error: Error) => error,
  );
}

test("create exports, and records what S3 holds", async () => {
  const { id, outs } = await (await lab.process()).create(args());
  expect(id).toBe(`${lab.dataset}@s3://${lab.bucket}/${path}`);
  expect(outs).toMatchObject({
    exportStatus: "success",
    origin: "created",
    rowCount: 2,
    bucketRegion: REGION,
    drift: [],
  });
  expect(outs.sql).toBe(`SELECT\n  "Order ID",\n  "Sales"\nFROM dataset\nWHERE "Region" = 'West'`);
  expect(await stored()).toEqual(outs.files.map(({ key }) => key));
  expect(await started()).toBe(1);
});

test("an older export with another query is refused, and nothing is recorded", async () => {
  const provider = await lab.process();
  const first = await provider.create(args());
  const error = await failure(provider.create(args({ query: large })));
  expect(await started()).toBe(1);
  expect(error.name).toBe("ForeignExportError");
  expect(error.message).toBe(
    `Domo returned export ${first.outs.exportId} of ${first.outs.startedAt} instead of running this one, because the data of ` +
      `dataset ${lab.dataset} has not changed since; it is not this definition's: it wrote "${first.outs.files[0]?.url}", ` +
      `which is not below "s3://${lab.bucket}/${path}/${await digestOf(large)}/" — wait until the dataset has new data ` +
      `(or load it again), then run pulumi up; Domo has no way to force an export`,
  );
});

async function digestOf(query: unknown): Promise<string> {
  await newData();
  const { outs } = await (await lab.process()).create(args({ query }));
  return outs.definition;
}

test("an export of this definition whose state was lost is found again instead of run twice", async () => {
  const first = await (await lab.process()).create(args());
  const again = await (await lab.process()).create(args());
  expect(again.outs).toEqual({ ...first.outs, origin: "reused" });
  expect(await started()).toBe(1);
});

test("a lost export of older data is not taken for today's", async () => {
  const first = await (await lab.process()).create(args());
  await newData();
  const again = await (await lab.process()).create(args());
  expect(again.outs.exportId).not.toBe(first.outs.exportId);
  expect(again.outs).toMatchObject({ origin: "created", rowCount: 3 });
});

test("an export that another run left running is waited for and adopted", async () => {
  await lab.emulator.control.setOptions({ exportSeconds: 1.5 });
  const killed = (await lab.process()).create(args()).catch(() => undefined);
  await expect.poll(started).toBe(1);
  const { outs } = await (await lab.process()).create(args());
  expect(outs).toMatchObject({ origin: "reused", exportStatus: "success" });
  await killed;
  expect(await started()).toBe(1);
});

test("triggers on unchanged data reuse the resource's own export", async () => {
  const first = await (await lab.process()).create(args({ triggers: ["monday"] }));
  const again = await (await lab.process()).update(first.outs, args({ triggers: ["tuesday"] }));
  expect(again.outs).toEqual({ ...first.outs, origin: "reused", triggers: ["tuesday"] });
  expect(await started()).toBe(1);
});

test("a changed query exports again in place once the data has changed", async () => {
  const provider = await lab.process();
  const first = await provider.create(args());
  await newData();
  expect(await provider.diff(first.outs, args({ query: large }))).toMatchObject({ changes: true, replaces: [] });
  const again = await provider.update(first.outs, args({ query: large }));
  expect(again.outs).toMatchObject({ origin: "created", rowCount: 4 });
  expect(again.outs.keyPrefix).not.toBe(first.outs.keyPrefix);
});

test("a missing object is drift; unchanged data can't repair it, new data does", async () => {
  const { outs } = await (await lab.process()).create(args());
  await lab.removeObject(outs.files[0]?.key ?? "");
  const seen = await (await lab.process()).read(outs);
  expect(seen.props?.drift).toEqual([
    {
      kind: "object-missing",
      subject: outs.files[0]?.key,
      expected: `${outs.files[0]?.bytes} bytes, etag ${outs.files[0]?.etag}`,
      actual: "no such object",
    },
  ]);
  const provider = await lab.process();
  const drifted = seen.props as ExportState;
  expect(await provider.diff(drifted, args())).toMatchObject({ changes: true, replaces: [] });
  const error = await failure(provider.update(drifted, args()));
  expect(error.name).toBe("VerificationError");
  expect(error.message).toContain("that can't repair it");
  await newData();
  const repaired = await (await lab.process()).update(drifted, args());
  expect(repaired.outs).toMatchObject({ origin: "created", drift: [], rowCount: 3 });
  expect(await stored()).toEqual(repaired.outs.files.map(({ key }) => key));
});

test("a replaced object is drift", async () => {
  const { outs } = await (await lab.process()).create(args());
  await lab.putObject(outs.files[0]?.key ?? "", "something else");
  const { props } = await (await lab.process()).read(outs);
  expect(props?.drift.map(({ kind }) => kind)).toEqual(["object-changed"]);
});

test("newer data is reported, ignored or exported, as onNewData says", async () => {
  const { outs } = await (await lab.process()).create(args());
  await newData();
  const provider = await lab.process();
  const { props } = await provider.read(outs);
  expect(props?.drift.map(({ kind }) => kind)).toEqual(["new-data"]);
  const drifted = props as ExportState;
  expect(await provider.diff(drifted, args())).toMatchObject({ changes: false });
  expect(await provider.diff(drifted, args({ onNewData: "export" }))).toMatchObject({ changes: true });
  const ignoring = await provider.update(drifted, args({ onNewData: "ignore" }));
  expect(ignoring.outs.drift).toEqual([]);
  expect((await (await lab.process()).read(ignoring.outs)).props?.drift).toEqual([]);
});

test("a column that is gone from the dataset is drift", async () => {
  const { outs } = await (await lab.process()).create(args());
  await lab.emulator.control.advanceData({ dataset: lab.dataset, renameColumn: { from: "Region", to: "Area" } });
  const { props } = await (await lab.process()).read(outs);
  expect(props?.drift.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
    `new-data ${lab.dataset}`,
    "column-gone Region",
  ]);
});

test("an export that aged out of Domo's list is healthy while its objects are there", async () => {
  const { outs } = await (await lab.process()).create(args());
  await lab.emulator.control.forgetExport(outs.exportId ?? "");
  const seen = await (await lab.process()).read(outs);
  expect(seen.id).toBe("id");
  expect(seen.props).toEqual(outs);
});

test("an export is gone when neither Domo nor S3 knows it", async () => {
  const { outs } = await (await lab.process()).create(args());
  await lab.emulator.control.forgetExport(outs.exportId ?? "");
  await lab.removeObject(outs.files[0]?.key ?? "");
  expect(await (await lab.process()).read(outs)).toEqual({ id: "" });
});

test("read returns the very inputs that check made", async () => {
  const provider = await lab.process();
  for (const more of [{}, { region: REGION }]) {
    const { inputs } = await provider.check(args(more));
    const { outs } = await provider.create(args(more));
    expect((await (await lab.process()).read(outs)).inputs).toEqual(inputs);
  }
});

test("a POST whose answer is lost is found in the list", async () => {
  await lab.emulator.control.inject({ method: "POST", path: "export", fault: { kind: "reset" }, takesEffect: true });
  const { outs } = await (await lab.process()).create(args());
  expect(outs).toMatchObject({ exportStatus: "success", origin: "created" });
  expect(await started()).toBe(1);
});

test("a POST that was lost on its way is saved as unknown, and the next up exports once", async () => {
  process.env.DOMO_TIME_SCALE = "20";
  const provider = await lab.process();
  await lab.emulator.control.inject({ method: "POST", path: "export", fault: { kind: "reset" } });
  const error = await failure(provider.create(args()));
  delete process.env.DOMO_TIME_SCALE;
  expect(error).toMatchObject({ name: "IncompleteExportError", properties: { exportStatus: "unknown", files: [] } });
  const saved = (error as IncompleteExportError).properties;
  expect(await (await lab.process()).diff(saved, args())).toMatchObject({ changes: true, replaces: [] });
  const { outs } = await (await lab.process()).update(saved, args());
  expect(outs).toMatchObject({ exportStatus: "success" });
  expect(await started()).toBe(1);
});

test.each(["running-200", "400", "409"] as const)(
  "a slot that was taken between list and POST (%s) is waited for",
  async (busy) => {
    await takeSlotUnseen(busy);
    const { outs } = await (await lab.process()).create(args());
    const exports = await lab.emulator.control.exports({});
    expect(exports.map(({ order }) => order.bucket)).toEqual(["elsewhere", lab.bucket]);
    expect(outs).toMatchObject({ origin: "created", exportStatus: "success" });
    const posts = await lab.emulator.control.requests({ method: "POST", path: "v1/export" });
    expect(posts.map(({ status }) => status)).toEqual([busy === "running-200" ? 200 : Number(busy), 200]);
  },
);

test("the role is assumed once, although the slot was taken and the export is started again", async () => {
  await takeSlotUnseen("409");
  const calls: string[] = [];
  const proxy = await startFaultProxy(lab.moto.endpoint, ({ method, url, body }) => {
    const action = /Action=(\w+)/.exec(body)?.[1] ?? (url.includes("uploadId=") ? method : undefined);
    if (action) calls.push(action);
  });
  vi.stubEnv("AWS_ENDPOINT_URL", proxy.url);
  try {
    const { outs } = await (await lab.process()).create(args());
    expect(outs).toMatchObject({ origin: "created", exportStatus: "success" });
  } finally {
    vi.unstubAllEnvs();
    await proxy.shut();
  }
  expect(await lab.emulator.control.countRequests({ method: "POST", path: "v1/export" })).toBe(2);
  expect(calls).toEqual(["AssumeRole", "DELETE", "DELETE"]);
});

test("exports of one dataset in one run take turns, in the order of their names", async () => {
  await lab.emulator.control.setOptions({ reuse: "never", busy: "409" });
  const provider = await lab.process();
  const names = ["d", "a", "c", "b"];
  const results = await Promise.all(
    names.map((name) => provider.create(args({ path: `${path}/${name}`, resourceUrn: `urn:pulumi:s::p::t::${name}` }))),
  );
  expect(results.every(({ outs }) => outs.exportStatus === "success")).toBe(true);
  const exports = await lab.emulator.control.exports({});
  expect(exports.map(({ order }) => order.path.split("/")[2])).toEqual(["a", "b", "c", "d"]);
  const statuses = await lab.emulator.control.requests({ method: "POST", path: "v1/export" });
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test("verify rows finds a file that lacks rows, and the state says so", async () => {
  await lab.emulator.control.setOptions({ missingRows: 1 });
  const error = await failure((await lab.process()).create(args({ verify: "rows" })));
  expect(error).toMatchObject({ name: "IncompleteExportError", properties: { exportStatus: "unverified" } });
  expect(error.message).toContain("has 1 rows, Domo reports 2");
});

test("an empty result is a delivered file without rows", async () => {
  const query = plain(select("Order ID").where(eq("Region", "Nowhere")));
  const { outs } = await (await lab.process()).create(args({ query, verify: "rows" }));
  expect(outs).toMatchObject({ exportStatus: "success", rowCount: 0 });
  expect(outs.files[0]?.bytes).toBeGreaterThan(0);
});

test("an export that fails at Domo is saved with its id and reason", async () => {
  await lab.emulator.control.setOptions({ failWith: { errorCode: "QUERY_FAILED", message: "Out of memory" } });
  const error = await failure((await lab.process()).create(args()));
  expect(error).toMatchObject({ name: "IncompleteExportError", properties: { exportStatus: "error" } });
  expect(error.message).toMatch(/^Export [0-9a-f-]+ failed at Domo: QUERY_FAILED: Out of memory — /);
});

test("deleteObjects removes the recorded objects, and an update those of the export before", async () => {
  const provider = await lab.process();
  const first = await provider.create(args({ deleteObjects: true }));
  await newData();
  const second = await provider.update(first.outs, args({ deleteObjects: true, triggers: 2 }));
  expect(second.outs.superseded).toBeUndefined();
  expect(await stored()).toEqual(second.outs.files.map(({ key }) => key));
  await (await lab.process()).delete(second.outs);
  expect(await stored()).toEqual([]);
});

test("delete without deleteObjects forgets and calls nobody", async () => {
  const { outs } = await (await lab.process()).create(args());
  await lab.emulator.control.clearRequests();
  await (await lab.process()).delete(outs);
  expect(await stored()).toHaveLength(1);
  expect(await lab.emulator.control.countRequests({})).toBe(0);
});

test("the replacement of a resource keeps the objects that its successor took over", async () => {
  const provider = await lab.process();
  const resourceUrn = "urn:pulumi:s::p::t::replaced";
  const old = await provider.create(args({ deleteObjects: true, resourceUrn }));
  const replacement = await (await lab.process()).create(args({ deleteObjects: true, resourceUrn }));
  expect(replacement.outs.files).toEqual(old.outs.files);
  const sameRun = await lab.process();
  await sameRun.diff(replacement.outs, args({ deleteObjects: true, resourceUrn }));
  await sameRun.delete(old.outs);
  const files = replacement.outs.files.map(({ key }) => key);
  expect([...(await stored())].sort()).toEqual([...files, `${path}/_replaced.manifest.json`].sort());
});

test("adopt takes over a finished export without running one", async () => {
  const made = await (await lab.process()).create(args());
  const { outs } = await (await lab.process()).create(args({ adopt: made.outs.exportId, query: large }));
  expect(outs).toMatchObject({ origin: "adopted", exportId: made.outs.exportId, files: made.outs.files });
  expect(await started()).toBe(1);
  const error = await failure((await lab.process()).create(args({ adopt: "no-such-export" })));
  expect(error.message).toBe(
    `adopt: dataset ${lab.dataset} has no export "no-such-export"; the latest that Domo lists are ${made.outs.exportId} — correct adopt, or leave it out to run an export`,
  );
});

test("a role that may not write fails before anything is started", async () => {
  const error = await failure((await lab.process()).create(args({ path: "not-granted/here" })));
  expect(error.name).toBe("AwsCallError");
  expect(error.message).toMatch(
    /^\[S3 CreateMultipartUpload\] "s3:\/\/.*": AccessDenied — the caller needs s3:PutObject and s3:AbortMultipartUpload below this path: give the role the policy that exportRolePolicy makes$/,
  );
  expect(await started()).toBe(0);
});

test("a wrong region is told with the right one", async () => {
  const error = await failure((await lab.process()).create(args({ region: "us-east-1" })));
  expect(error.message).toBe(
    `region: bucket "${lab.bucket}" is in "eu-west-3", not in "us-east-1"; Domo can't export across regions: ` +
      `set region: "eu-west-3" or leave it out`,
  );
});
