import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Fault } from "../../emulator/faults";
import type { RuntimeOptions } from "../../emulator/options";
import { count, eq, gte, select } from "../../provider/query/build/builder";
import { UNKNOWN } from "../../provider/host/unknown";
import type { ExportState } from "../../provider/state/export-state";
import { type EngineServer, startEngineServer } from "../support/engine-server";
import { type Lab, startLab, TOKEN } from "../support/lab";
import { argsOf, failure, processTelling } from "./hostile";

let lab: Lab;
let engine: EngineServer;
let path: string;
let cases = 0;
beforeAll(async () => {
  lab = await startLab();
  engine = await startEngineServer();
}, 180_000);
beforeEach(async () => {
  await lab.emulator.control.reset();
  engine.messages.length = 0;
  path = `exports/counts-${++cases}`;
});
afterAll(async () => {
  engine.close();
  await lab.stop();
});

const plain = (query: unknown): unknown => JSON.parse(JSON.stringify(query));
const ids = plain(select("Order ID"));
const west = plain(select("Order ID").where(eq("Region", "West")));
const resourceUrn = "urn:pulumi:s::p::t::orders";
const args = (more: Record<string, unknown> = {}) => argsOf(lab, path, { query: west, resourceUrn, ...more });
const options = (changes: Partial<RuntimeOptions>) => lab.emulator.control.setOptions(changes);
const create = async (more?: Record<string, unknown>) => (await (await processTelling(engine)).create(args(more))).outs;
const update = async (state: ExportState, more?: Record<string, unknown>) =>
  (await (await processTelling(engine)).update(state, args(more))).outs;
const counted = () => lab.emulator.control.countRequests({ path: "v1/execute" });
const started = async () => (await lab.emulator.control.exports({})).length;
const newData = () => lab.emulator.control.advanceData({ dataset: lab.dataset, append: [["A-9", "West", 99]] });
const said = () => engine.messages.filter(({ ephemeral }) => !ephemeral).map(({ text }) => text);

/** Lets something happen while the export runs. */
async function meanwhile(what: () => Promise<unknown>, run: () => Promise<ExportState>): Promise<ExportState> {
  await options({ exportSeconds: 1 });
  const running = run();
  running.catch(() => undefined);
  await expect.poll(started, { interval: 10, timeout: 10_000 }).toBeGreaterThan(0);
  await what();
  return running;
}

test("the count from before, Domo's word and the objects' rows are recorded and agree", async () => {
  expect((await create({ verify: "rows" })).counts).toEqual({ query: 2, domo: 2, objects: 2, comparable: true });
  expect(await counted()).toBe(1);
});

test.each([
  ["all rows: the dataset's own count is the fourth", ids, { query: 4, domo: 4, dataset: 4 }],
  ["a limit", plain(select("Order ID").limit(3)), { query: 3, domo: 3 }],
  ["a limit and an offset beyond the end", plain(select("Order ID").limit(3).offset(2)), { query: 2, domo: 2 }],
  ["groups", plain(select("Region", count("Order ID")).groupBy("Region")), { query: 3, domo: 3 }],
  ["a count of all", plain(select(count("Order ID"))), { query: 1, domo: 1 }],
  ["no rows", plain(select("Order ID").where(eq("Region", "Nowhere"))), { query: 0, domo: 0 }],
])("counts are right for %s", async (_what, query, legs) => {
  expect((await create({ query })).counts).toEqual({ ...legs, comparable: true });
});

test("row policies apply to the count, and the dataset's own is no leg then", async () => {
  const parameters = [{ name: "Region", values: ["West"] }];
  const own = { filterGroupId: 1, name: "W", type: "user" as const, userIds: [7], parameters };
  await lab.emulator.control.setPdp({ dataset: lab.dataset, pdp: { enabled: true, policies: [own] } });
  expect((await create({ query: ids })).counts).toEqual({ query: 2, domo: 2, comparable: true });
});

test.each<[string, Partial<RuntimeOptions>, string]>([
  ["rows lost before they were counted", { lostRows: 1 }, "the query says 2 rows, Domo reports 1 row,"],
  ["too high a word of Domo", { wordRows: 1 }, "the query says 2 rows, Domo reports 3 rows,"],
  ["a count that is wrong", { countRows: 1 }, "the query says 3 rows, Domo reports 2 rows,"],
])("%s: the export is unverified, and its number of rows is said", async (_what, quirks, text) => {
  await options(quirks);
  const error = await failure(create());
  expect(error).toMatchObject({ name: "IncompleteExportError", properties: { exportStatus: "unverified", files: [] } });
  expect(error.message).toMatch(/^Export [\w-]+: Domo's count of the query says/);
  expect(error.message).toContain(`${text} and the data has not changed — the files may lack rows`);
  expect(error.properties?.unverifiedKeys).toHaveLength(1);
});

test("without a count the dataset's own still shows that rows are missing", async () => {
  await options({ lostRows: 1, executeStatus: 404 });
  const error = await failure(create({ query: ids }));
  expect(error.message).toContain("Domo reports 3 rows, the dataset has 4 rows, and the data has not changed");
});

test("an export that lost rows is not taken over by the next up, and new data repairs it", async () => {
  await options({ lostRows: 1 });
  const { properties } = await failure(create());
  await options({ lostRows: 0 });
  const blocked = await failure(update(properties!));
  expect(blocked.message).toContain("and that can't repair it: Export");
  await newData();
  expect((await update(properties!)).counts).toEqual({ query: 3, domo: 3, comparable: true });
});

test("data that changed while the export ran is said and recorded, whether rows are missing or not", async () => {
  await options({ lostRows: 1 });
  const outs = await meanwhile(newData, create);
  expect(outs.exportStatus).toBe("success");
  expect(outs.counts).toMatchObject({ query: 2, domo: 1, comparable: false });
  expect(outs.counts?.reason).toMatch(/^the data changed meanwhile \(it was of .*, now of .*\)$/);
  expect(said()).toContainEqual(
    `the rows of the export can't be compared: ${outs.counts?.reason}; Domo's count of the query says 2 rows, Domo reports 1 row`,
  );
});

test("row policies that changed while the export ran make the counts incomparable", async () => {
  const parameters = [{ name: "Region", values: ["East"] }];
  const own = { filterGroupId: 1, name: "E", type: "user" as const, userIds: [7], parameters };
  const pdp = { enabled: true, policies: [own] };
  await options({ lostRows: 1 });
  const outs = await meanwhile(() => lab.emulator.control.setPdp({ dataset: lab.dataset, pdp }), create);
  expect(outs.counts).toEqual({ query: 2, domo: 1, comparable: false, reason: "the row policies changed meanwhile" });
  expect(outs.drift.map(({ kind }) => kind)).toEqual(["policies-changed"]);
});

test("a Domo that does not say when the data changed makes them incomparable", async () => {
  await options({ lastUpdated: "absent", lostRows: 1 });
  const reason = "Domo does not say when the data last changed";
  expect((await create()).counts).toEqual({ query: 2, domo: 1, comparable: false, reason });
});

test("a limit that a file exceeds is refused, even while the data changes", async () => {
  await options({ wordRows: 2 });
  const query = plain(select("Order ID").limit(2));
  const error = await failure(meanwhile(newData, () => create({ query })));
  expect(error.message).toMatch(/^Export [\w-]+ has 4 rows, more than the query's LIMIT 2 — /);
  expect(error.properties?.exportStatus).toBe("unverified");
});

test("a count that Domo refuses is recorded with the reason, and asked for once", async () => {
  await options({ executeStatus: 404 });
  const { counts } = await create();
  expect(counts).toEqual({ domo: 2, comparable: false, reason: expect.stringContaining("404") as string });
  expect(await counted()).toBe(1);
  expect(said()).toEqual([`the query's rows are not counted: ${counts?.reason}`]);
});

const html = { "Content-Type": "text/html" };
test.each<[string, Fault]>([
  ["401", { kind: "answer", status: 401, body: { message: `The token ${TOKEN} has expired` } }],
  ["429 again and again", { kind: "answer", status: 429, headers: { "Retry-After": "9" }, body: "" }],
  ["500 again and again", { kind: "answer", status: 500, body: { message: "An unexpected error occurred" } }],
  ["a page", { kind: "answer", status: 200, headers: html, body: "<html>Sign in</html>" }],
  ["an answer without a count", { kind: "answer", status: 200, body: { rows: [] } }],
  ["a count below 0", { kind: "answer", status: 200, body: { rows: [[-1]] } }],
  ["a reset", { kind: "reset" }],
  ["half an answer", { kind: "truncate" }],
  ["silence", { kind: "hang" }],
])("a count that ends in %s delays the export, and no more", async (_what, fault) => {
  vi.stubEnv("DOMO_TIME_SCALE", "40");
  vi.stubEnv("DOMO_REQUEST_TIMEOUT_SECONDS", "2");
  try {
    await lab.emulator.control.inject({ path: "v1/execute", times: 1000, fault });
    const { counts, exportStatus } = await create();
    expect(exportStatus).toBe("success");
    expect(counts).toEqual({ domo: 2, comparable: false, reason: expect.stringContaining("[POST]") as string });
    expect(JSON.stringify([counts, engine.messages])).not.toContain(TOKEN);
  } finally {
    vi.unstubAllEnvs();
  }
});

test.each([
  ['countRows: "require"', { countRows: "require" }],
  ["expectRows", { expectRows: { max: 10 } }],
])("%s refuses to export uncounted", async (name, more) => {
  await options({ executeStatus: 404 });
  const error = await failure(create(more));
  expect(error.name).toBe("PreflightError");
  expect(error.message).toMatch(new RegExp(`^${name} needs a count of the query's rows: .*404`));
  expect(await started()).toBe(0);
});

test('countRows: "off" asks nothing, and can\'t go with expectRows', async () => {
  const { counts } = await create({ countRows: "off", verify: "rows" });
  expect(counts).toEqual({ domo: 2, objects: 2, comparable: false, reason: 'countRows is "off"' });
  expect(await counted()).toBe(0);
  const both = { countRows: "off", expectRows: { min: 1 } };
  expect((await (await lab.process()).check(args(both))).failures).toEqual([
    { property: "countRows", reason: 'is "off", but expectRows needs a count; remove one of the two' },
  ]);
});

test.each([
  [{}, "expectRows", "is empty; give min, max or both"],
  [{ min: 5, max: 3 }, "expectRows", "has min 5 above max 3; no number of rows fits"],
  [{ min: -1 }, "expectRows.min", '{"min":-1} is below 0 rows'],
  [{ max: 1.5 }, "expectRows.max", '{"max":1.5} is not a whole number of rows'],
  [{ max: "10" }, "expectRows.max", '{"max":"10"} is not a whole number of rows'],
  [{ min: 1, most: 3 }, "expectRows.most", "is not known here; it takes min and max"],
  [7, "expectRows", "7 is not an object with min, max or both"],
])("%j is no expectRows", async (expectRows, property, reason) => {
  const { failures } = await (await lab.process()).check(args({ expectRows }));
  expect(failures).toEqual([{ property, reason }]);
});

test("bounds with a part that is not known yet are not known yet", async () => {
  const { inputs, failures } = await (await lab.process()).check(args({ expectRows: { min: 9, max: UNKNOWN } }));
  expect(failures).toEqual([]);
  expect(inputs.expectRows).toBe(UNKNOWN);
});

test.each([
  [
    { min: 3 },
    "2 rows, fewer than expectRows.min (3) — wait until the dataset is complete, correct the query, or lower min",
  ],
  [{ max: 1 }, "2 rows, more than expectRows.max (1) — correct the query, or raise max"],
])("outside of %j nothing is started", async (expectRows, text) => {
  const error = await failure(create({ expectRows }));
  expect(error).toMatchObject({ name: "PreflightError", message: `expectRows: the query has ${text}` });
  expect(await started()).toBe(0);
  expect(await lab.keys()).not.toContainEqual(expect.stringContaining(path));
});

test("inside of expectRows, bounds included, the export runs with one count", async () => {
  expect((await create({ expectRows: { min: 2, max: 2 } })).counts?.query).toBe(2);
  expect(await counted()).toBe(1);
});

test("what is delivered is held to expectRows too, when the count was of other data", async () => {
  await options({ lostRows: 1 });
  const error = await failure(meanwhile(newData, () => create({ expectRows: { min: 2 } })));
  expect(error.message).toMatch(/^Export [\w-]+ has 1 row, fewer than expectRows.min \(2\) — /);
  expect(error.properties?.exportStatus).toBe("unverified");
});

test("bounds that new data breaks after a POST whose answer named another export: what may have started is kept", async () => {
  await options({ postAnswer: "foreign", reuse: "never" });
  const error = await failure(meanwhile(newData, () => create({ expectRows: { max: 2 } })));
  expect(error.message).toContain("expectRows: the query has 3 rows, more than");
  expect(error).toMatchObject({ name: "IncompleteExportError", properties: { exportStatus: "unknown", files: [] } });
});

test("an export that a lost run left is compared with a count of today", async () => {
  const first = await create();
  expect((await create()).counts).toEqual(first.counts);
  expect(await started()).toBe(1);
  await options({ countRows: 1 });
  const error = await failure(create());
  expect(error.message).toContain("that can't repair it: Export");
  expect(error.properties).toBeUndefined();
});

test("an adopted export is not compared, but held to expectRows", async () => {
  const { exportId: adopt } = await create();
  const adopted = await create({ adopt, query: plain(select("Order ID").where(gte("Sales", 20))) });
  expect(adopted.counts).toMatchObject({ domo: 2, comparable: false });
  const error = await failure(create({ adopt, expectRows: { min: 3 } }));
  expect(error.message).toMatch(/has 2 rows, fewer than expectRows.min/);
});

test("bounds alone are recorded without a call, but not when the recorded export breaks them", async () => {
  const outs = await create();
  await lab.emulator.control.clearRequests();
  expect((await update(outs, { expectRows: { min: 1 } })).counts).toEqual(outs.counts);
  const error = await failure(update(outs, { expectRows: { min: 5 } }));
  expect(error.message).toBe(
    `expectRows: the recorded export ${outs.exportId} has 2 rows, fewer than expectRows.min (5) — wait until the dataset is ` +
      "complete, correct the query, or lower min; to export again with the new bounds, change triggers too",
  );
  expect(await lab.emulator.control.countRequests({ path: "v1/ex(ecute|port)" })).toBe(0);
});

test("verify rows, set later, adds the objects' rows to the counts", async () => {
  const outs = await create();
  expect((await update(outs, { verify: "rows" })).counts).toEqual({ query: 2, domo: 2, objects: 2, comparable: true });
});
