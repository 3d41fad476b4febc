import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { PdpPolicy } from "../../emulator/options";
import { startEmulator } from "../../emulator/server";
import type { ExportState } from "../../provider/state/export-state";
import { deployer, type Lab, orders, REGION, startLab } from "../support/lab";
import { argsOf, expectContent, failure, rowsOf, startedBy } from "./hostile";

let lab: Lab;
let path: string;
let count = 0;
beforeAll(async () => {
  lab = await startLab();
});
beforeEach(async () => {
  await lab.emulator.control.reset();
  path = `exports/wrong-file-${++count}`;
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => lab.stop());

const args = (more?: Record<string, unknown>) => argsOf(lab, path, more);
const create = async (more?: Record<string, unknown>) => (await (await lab.process()).create(args(more))).outs;
const update = async (state: ExportState, more?: Record<string, unknown>) =>
  (await (await lab.process()).update(state, args(more))).outs;
const newData = () => lab.emulator.control.advanceData({ dataset: lab.dataset, append: [["A-9", "West", 99]] });
const stored = async () => (await lab.keys()).filter((key) => key.startsWith(`${path}/`));

/** Another's export of all rows into our bucket, which has ended. */
async function foreign(place: string): Promise<string> {
  const { accessKeyId, secretAccessKey } = lab.moto.deployer;
  const { control } = lab.emulator;
  const { exportId } = await control.startForeignExport({
    dataset: lab.dataset,
    bucket: lab.bucket,
    region: REGION,
    path: place,
    query: rowsOf(),
    seconds: 0.001,
    credentials: { accessKeyId, secretAccessKey },
  });
  await control.settle();
  return exportId;
}

// A1
test("an export that lies below our prefix is not recorded as ours, and destroy leaves its objects", async () => {
  const first = await create({ deleteObjects: true });
  await (await lab.process()).delete(first);
  await lab.emulator.control.forgetExport(first.exportId ?? "");
  const other = await foreign(`${first.keyPrefix}/team/${"f".repeat(32)}`);
  const theirs = await stored();
  expect(theirs).toEqual([expect.stringContaining(other)]);
  const error = await failure(create({ deleteObjects: true }));
  expect(error.name).toBe("ForeignExportError");
  expect(error.properties).toBeUndefined();
  expect(await stored()).toEqual(theirs);
});

// A1, A9
test("a path with a component that looks like a digest is refused, and nobody is asked for more than the columns", async () => {
  await lab.emulator.control.clearRequests();
  const provider = await lab.process();
  const { failures } = await provider.check(args({ path: `exports/${"0123456789abcdef".repeat(2)}/west` }));
  expect(failures.map(({ property }) => property)).toEqual(["path"]);
  const asked = await lab.emulator.control.requests();
  expect(asked.filter(({ method }) => method !== "GET")).toEqual([]);
});

// A2
test.each(["triggers", "new data"])("with adopt left in the program, %s export all the same", async (what) => {
  const { control } = lab.emulator;
  const adopt = await foreign(`${path}/by-hand`);
  const program = { adopt, query: rowsOf(), onNewData: "export" };
  const adopted = await create(program);
  await control.setOptions({ reuse: "never" });
  let found = adopted;
  if (what === "new data") {
    await newData();
    found = (await (await lab.process()).read(adopted)).props ?? expect.fail("nothing is left");
    expect(found.drift.map(({ kind }) => kind)).toEqual(["new-data"]);
  }
  const again = await update(found, { ...program, ...(what === "triggers" && { triggers: 2 }) });
  expect(again).toMatchObject({
    origin: "created",
    rowCount: adopted.rowCount! + (what === "new data" ? 1 : 0),
    drift: [],
  });
  await expectContent(lab, again, rowsOf());
});

// A2
test("with adopt left in the program, a changed query is exported", async () => {
  const adopt = await foreign(`${path}/by-hand`);
  const adopted = await create({ adopt, query: rowsOf() });
  expect(adopted).toMatchObject({ origin: "adopted", exportId: adopt });
  await newData();
  const changed = await update(adopted, { adopt, query: rowsOf("West") });
  expect(changed).toMatchObject({ origin: "created", rowCount: 3 });
  await expectContent(lab, changed, rowsOf("West"));
});

const westOnly: PdpPolicy = {
  filterGroupId: 1,
  name: "West only",
  type: "user",
  userIds: [7],
  parameters: [{ name: "Region", values: ["West"] }],
};
const narrow = () =>
  lab.emulator.control.setPdp({ dataset: lab.dataset, pdp: { enabled: true, policies: [westOnly] } });

// A3
test("an export from before the row policies were narrowed is not reused", async () => {
  const wide = await create({ query: rowsOf() });
  expect(wide.rowCount).toBe(4);
  await narrow();
  const { props } = await (await lab.process()).read(wide);
  expect(props?.drift.map(({ kind }) => kind)).toEqual(["policies-changed"]);
  const error = await failure(update(props as ExportState, { query: rowsOf() }));
  expect(error.name).toBe("ForeignExportError");
  expect(await startedBy(lab)).toEqual([wide.exportId]);
  await lab.emulator.control.setOptions({ reuse: "same-request" });
  const cut = await update(props as ExportState, { query: rowsOf() });
  expect(cut).toMatchObject({ origin: "created", rowCount: 2, drift: [] });
  await expectContent(lab, cut, rowsOf());
});

// A5
test("an earlier export is not reused unasked where Domo does not say when the data changed", async () => {
  await lab.emulator.control.setOptions({ lastUpdated: "absent", reuse: "never" });
  const lost = await create();
  const again = await create();
  expect(again.exportId).not.toBe(lost.exportId);
  expect(await startedBy(lab)).toHaveLength(2);
});

// A5
test("a handed-back export that is older than the data keeps its drift", async () => {
  const first = await create({ onNewData: "export" });
  await lab.emulator.control.renameDataset({ dataset: lab.dataset, name: "Orders of today" });
  const { props } = await (await lab.process()).read(first);
  expect(props?.drift.map(({ kind }) => kind)).toEqual(["new-data"]);
  const again = await update(props as ExportState, { onNewData: "export" });
  expect(again.exportId).toBe(first.exportId);
  expect(again.drift.map(({ kind }) => kind)).toEqual(["new-data"]);
});

// A5
test("times without a zone are UTC: an export of older data is not reused west of Greenwich", async () => {
  vi.stubEnv("TZ", "America/New_York");
  await lab.emulator.control.setOptions({ timeFormat: "iso-without-zone" });
  const lost = await create();
  await newData();
  const again = await create();
  expect(again).toMatchObject({ origin: "created", rowCount: 3 });
  expect(again.exportId).not.toBe(lost.exportId);
  await expectContent(lab, again, rowsOf("West"));
});

// A6
test.each(["create", "adopt"] as const)("a replaced object is not taken over without an end time: %s", async (how) => {
  const lost = await create();
  await lab.emulator.control.setOptions({ finishedTimes: "absent" });
  await lab.putObject(lost.files[0]?.key ?? "", "tampered");
  const error = await failure(create(how === "adopt" ? { adopt: lost.exportId } : {}));
  expect(error.name).toBe("VerificationError");
  expect(error.message).toContain('verify: "rows"');
});

// A6
test("an object that was written after its export had ended is not reused", async () => {
  const lost = await create();
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const fields = { started: ago(6), finished: ago(5) };
  await lab.emulator.control.editAnswer({ exportId: lost.exportId ?? "", fields });
  await lab.putObject(lost.files[0]?.key ?? "", "tampered");
  const error = await failure(create());
  expect(error.message).toContain("something else has replaced it");
});

// A7
test("a second file that no URL names makes the export unverified", async () => {
  await lab.emulator.control.setOptions({ partRows: 1, unnamedFiles: 1 });
  const error = await failure(create());
  expect(error.properties).toMatchObject({ exportStatus: "unverified", files: [] });
  expect(error.message).toContain("Domo does not name it");
  expect(await stored()).toHaveLength(2);
});

// A8
test("another instance is a change, and its own rows are exported", async () => {
  const first = await create();
  const rows = [["B-1", "West", 1] as const];
  const other = await startEmulator({
    datasets: [{ ...orders(lab.dataset), rows }],
    users: [deployer(lab.dataset)],
    s3Endpoint: lab.moto.endpoint,
    regionProbe: lab.moto.prober,
    exportSeconds: 0.1,
  });
  try {
    vi.stubEnv("DOMO_BASE_URL", other.url);
    expect((await (await lab.process()).diff(first, args())).changes).toBe(true);
    const again = await update(first);
    expect(again).toMatchObject({ origin: "created", rowCount: 1, instance: other.url });
    await expectContent(lab, again, rowsOf("West"), other);
  } finally {
    await other.close();
  }
});

// A9
test("the digest of a definition has 128 bits, and is the last component of where Domo writes", async () => {
  const { definition, keyPrefix, exportId } = await create();
  expect(definition).toMatch(/^[0-9a-f]{32}$/);
  expect(keyPrefix).toBe(`${path}/${definition}`);
  expect(await stored()).toEqual([expect.stringContaining(`${keyPrefix}/${exportId}/`)]);
});

// A10
test("a stranger's failed export that our POST joined is not our failure", async () => {
  const { control } = lab.emulator;
  await control.setOptions({ reuse: "never" });
  const fails = { errorCode: "THEIRS", message: "no space left" };
  const { exportId } = await control.startForeignExport({
    dataset: lab.dataset,
    bucket: lab.bucket,
    seconds: 2,
    fails,
  });
  // Domo's answers are dated in whole seconds: what began within the same second can't be told from ours.
  await control.editAnswer({ exportId, fields: { started: new Date(Date.now() - 60_000).toISOString() } });
  await control.inject({ method: "GET", path: "v1/export", fault: { kind: "answer", status: 200, body: [] } });
  const outs = await create();
  expect(outs).toMatchObject({ exportStatus: "success", origin: "created" });
  expect(await startedBy(lab)).toEqual([outs.exportId]);
  await expectContent(lab, outs, rowsOf("West"));
});
