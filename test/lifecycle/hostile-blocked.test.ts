import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { signatureMark, signedQuery } from "../../emulator/file-url";
import type { AnswerOptions } from "../../emulator/answer-options";
import { startFaultProxy } from "../../local/fault-proxy";
import type { ExportState } from "../../provider/state/export-state";
import { type Lab, startLab } from "../support/lab";
import { argsOf, expectContent, failure, rowsOf, startedBy } from "./hostile";

let lab: Lab;
let path: string;
let count = 0;
beforeAll(async () => {
  lab = await startLab();
});
beforeEach(async () => {
  await lab.emulator.control.reset();
  path = `exports/blocked ä ${++count}`;
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => lab.stop());

const args = (more?: Record<string, unknown>) => argsOf(lab, path, more);
const create = async (more?: Record<string, unknown>) => (await (await lab.process()).create(args(more))).outs;
const update = async (state: ExportState, more?: Record<string, unknown>) =>
  (await (await lab.process()).update(state, args(more))).outs;
const newData = () => lab.emulator.control.advanceData({ dataset: lab.dataset, append: [["A-9", "West", 99]] });
const posts = () => lab.emulator.control.countRequests({ method: "POST", path: "v1/export" });
const lists = () => lab.emulator.control.countRequests({ method: "GET", path: "v1/export" });

// B1
test.each<AnswerOptions["urlForm"]>([
  "s3-encoded",
  "s3-double-slash",
  "bucket-key",
  "key",
  "relative",
  "virtual",
  "path",
])("one up runs one export, however Domo writes its URLs: %s", async (urlForm) => {
  await lab.emulator.control.setOptions({ urlForm, reuse: "never" });
  const outs = await create();
  expect(await posts()).toBe(1);
  expect(await startedBy(lab)).toEqual([outs.exportId]);
  await expectContent(lab, outs, rowsOf("West"));
});

// B1
test("an export whose URLs can't be read is recorded as unverified, and not run a second time", async () => {
  const { control } = lab.emulator;
  await control.setOptions({ urlsLaterSeconds: 3600, reuse: "never" });
  const error = await failure(create());
  expect(error.properties).toMatchObject({ exportStatus: "unverified", exportId: (await startedBy(lab))[0] });
  expect(await posts()).toBe(1);
  await control.setOptions({ urlsLaterSeconds: 0 });
  const outs = await update(error.properties as ExportState);
  expect(outs).toMatchObject({ origin: "reused", exportId: error.properties?.exportId });
  expect(await posts()).toBe(1);
});

// B2
test("odd entries of others hinder neither up, poll nor refresh, and none of their URLs is quoted", async () => {
  const odd = [
    { exportId: "odd-1", exportStatus: "success", urlRowCountMap: { [`s3://x/y?${signedQuery("odd")}`]: -1 } },
    { exportId: "odd-2", exportStatus: null },
    { exportId: "odd-3", exportStatus: "error", started: "yesterday" },
    null,
    "text",
  ];
  await lab.emulator.control.setOptions({ oddEntries: odd, oddEntriesAt: "before", reuse: "never" });
  const first = await create();
  const second = await update(first, { triggers: 2 });
  await expectContent(lab, second, rowsOf("West"));
  await lab.removeObject(second.files[0]?.key ?? "");
  const { props } = await (await lab.process()).read(second);
  expect(props?.drift.map(({ kind }) => kind)).toEqual(["object-missing"]);
});

// B2
test("an odd entry of ours is unverified, and its signature is not quoted", async () => {
  await lab.emulator.control.setOptions({ wordRows: -100, urlQuery: signedQuery("ours") });
  const error = await failure(create());
  expect(error.properties?.exportStatus).toBe("unverified");
  expect(error.message + JSON.stringify(error.properties)).not.toContain(signatureMark);
});

// B3
test("an entry that runs since years is not waited for", async () => {
  const entry = { exportId: "stuck", exportStatus: "exporting", started: "2020-01-01T00:00:00Z", bucket: "theirs" };
  await lab.emulator.control.addEntry({ dataset: lab.dataset, entry });
  await create();
  const log = await lab.emulator.control.requests({ path: "v1/export" });
  expect(log.slice(0, 2).map(({ method }) => method)).toEqual(["GET", "POST"]);
});

// B3
test("an entry that does not end is waited for, and then Domo itself is asked", async () => {
  const started = new Date(Date.now() - 3_600_000).toISOString();
  const entry = { exportId: "stuck", exportStatus: "exporting", started, bucket: "theirs" };
  await lab.emulator.control.addEntry({ dataset: lab.dataset, entry });
  vi.stubEnv("DOMO_TIME_SCALE", "20");
  const outs = await create({ timeoutSeconds: 200 });
  expect(await posts()).toBe(1);
  expect(await lists()).toBeGreaterThan(3);
  await expectContent(lab, outs, rowsOf("West"));
});

// B3
test.each([{ started: new Date(Date.now() - 3_600_000).toISOString() }, {}])(
  "a damaged earlier export beside an entry that never ends (%j) keeps nobody from exporting",
  async (times) => {
    const { control } = lab.emulator;
    await control.setOptions({ truncatedBytes: 10, reuse: "never" });
    await failure(create({ verify: "rows" }));
    await control.setOptions({ truncatedBytes: 0 });
    await control.addEntry({ dataset: lab.dataset, entry: { exportId: "stuck", exportStatus: "exporting", ...times } });
    vi.stubEnv("DOMO_TIME_SCALE", "40");
    const outs = await create({ verify: "rows", timeoutSeconds: 160 });
    expect(outs.origin).toBe("created");
    expect(await posts()).toBe(2);
    await expectContent(lab, outs, rowsOf("West"));
  },
);

/** Runs out of time while an export of ours runs; gives the state that is saved, and the export's id. */
async function leftRunning(): Promise<{ state: ExportState; exportId: string }> {
  await lab.emulator.control.setOptions({ exportSeconds: 3600, reuse: "never" });
  const error = await failure(create({ timeoutSeconds: 1 }));
  expect(error.properties?.exportStatus).toMatch(/^(none|exporting)$/);
  await lab.emulator.control.setOptions({ exportSeconds: 0.1 });
  return { state: error.properties as ExportState, exportId: error.properties?.exportId ?? "" };
}

// B3
test("an own entry without a time that never ends keeps nobody from exporting", async () => {
  const { control } = lab.emulator;
  const { state, exportId } = await leftRunning();
  await control.finishExport({ exportId, endWord: "CANCELLED" });
  await control.editAnswer({ exportId, fields: { exportStatus: "exporting", started: null, finished: null } });
  vi.stubEnv("DOMO_TIME_SCALE", "40");
  const outs = await update(state, { timeoutSeconds: 80 });
  expect(outs.origin).toBe("created");
  expect(await startedBy(lab)).toEqual([exportId, outs.exportId]);
  await expectContent(lab, outs, rowsOf("West"));
});

// B3
test.each(["running-200", "400", "409"] as const)(
  "an own export that goes on is not run a second time: Domo is asked when the time is over, and answers %s",
  async (busy) => {
    const { control } = lab.emulator;
    await control.setOptions({ busy });
    const { state, exportId } = await leftRunning();
    vi.stubEnv("DOMO_TIME_SCALE", "40");
    const error = await failure(update(state, { timeoutSeconds: 80 }));
    const [, seconds, waitedFor] = /^Waited (\d+) s for export (\S+),/.exec(error.message) ?? [];
    expect(waitedFor).toBe(exportId);
    expect(Number(seconds)).toBeGreaterThanOrEqual(80);
    expect(await posts()).toBe(2);
    expect(await startedBy(lab)).toEqual([exportId]);
    await control.finishExport({ exportId });
    const outs = await update(state);
    expect(outs).toMatchObject({ origin: "reused", exportId });
    expect(await posts()).toBe(2);
  },
);

// B3
test("an own export that Domo ended with an unknown word keeps nobody from exporting newer data", async () => {
  const { control } = lab.emulator;
  await control.setOptions({ endWord: "CANCELLED" });
  const error = await failure(create());
  expect(error.properties?.exportStatus).toBe("error");
  await control.setOptions({ endWord: null });
  await newData();
  const outs = await update(error.properties as ExportState);
  expect(outs).toMatchObject({ origin: "created", rowCount: 3 });
  await expectContent(lab, outs, rowsOf("West"));
});

// B4
test("an object whose bytes stop coming ends the run, and the dataset's queue goes on", async () => {
  const proxy = await startFaultProxy(lab.moto.endpoint);
  vi.stubEnv("AWS_ENDPOINT_URL", proxy.url);
  vi.stubEnv("DOMO_TIME_SCALE", "12");
  try {
    const provider = await lab.process();
    const resume = proxy.add({
      match: ({ method, url }) => method === "GET" && url.includes(".csv"),
      edit: (answer) => ({ ...answer, stalls: true }),
    });
    const error = await failure(provider.create(args({ verify: "rows" })));
    expect(error.properties?.exportStatus).toBe("unverified");
    expect(error.message).toContain("AWS sent nothing for too long");
    resume();
    const { outs } = await provider.update(error.properties as ExportState, args({ verify: "rows" }));
    expect(outs).toMatchObject({ exportStatus: "success", exportId: error.properties?.exportId });
    expect(await posts()).toBe(1);
  } finally {
    await proxy.shut();
  }
});

// B5
test("a word that changes after the end is no drift while the objects are intact", async () => {
  const outs = await create();
  await lab.emulator.control.setOptions({ laterWord: { afterSeconds: 0, word: "EXPIRED" } });
  const { props } = await (await lab.process()).read(outs);
  expect(props).toEqual(outs);
  expect(await (await lab.process()).diff(outs, args())).toMatchObject({ changes: false });
});

// B6
test("a list of 40 MB is read", async () => {
  await lab.emulator.control.setOptions({ padListBytes: 40e6 });
  const outs = await create();
  expect(outs.exportStatus).toBe("success");
  await expectContent(lab, outs, rowsOf("West"));
});

// B7
test("a gzip that breaks off is a verification failure, and newer data is exported", async () => {
  const { control } = lab.emulator;
  await control.setOptions({ truncatedBytes: 10 });
  const error = await failure(create({ verify: "rows" }));
  expect(error.properties?.exportStatus).toBe("unverified");
  expect(error.message).toContain("its gzip data is damaged");
  await control.setOptions({ truncatedBytes: 0, reuse: "never" });
  const outs = await create({ verify: "rows" });
  expect(outs).toMatchObject({ origin: "created" });
  expect(await startedBy(lab)).toEqual([error.properties?.exportId, outs.exportId]);
  await expectContent(lab, outs, rowsOf("West"));
});

// B8
test("a dataset that was deleted is drift, and the refresh succeeds", async () => {
  const outs = await create();
  await lab.emulator.control.removeDataset(lab.dataset);
  const { id, props } = await (await lab.process()).read(outs);
  expect(id).toBe("id");
  expect(props?.drift.map(({ kind }) => kind)).toEqual(["dataset-gone"]);
  expect(await lab.keys()).toEqual(expect.arrayContaining(outs.files.map(({ key }) => key)));
});

// B9
test("a path that no session policy has room for is refused in check", async () => {
  const { failures } = await (await lab.process()).check(args({ path: "ü".repeat(300) }));
  expect(failures.map(({ property }) => property)).toEqual(["path"]);
  expect(await posts()).toBe(0);
});
