import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RuntimeOptions } from "../../emulator/options";
import { count, eq, select } from "../../provider/query/build/builder";
import { UNKNOWN } from "../../provider/host/unknown";
import type { ExportState } from "../../provider/state/export-state";
import { type EngineServer, startEngineServer } from "../support/engine-server";
import { type Lab, startLab } from "../support/lab";
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
  path = `exports/preview-${++cases}`;
});
afterAll(async () => {
  engine.close();
  await lab.stop();
});

const plain = (query: unknown): unknown => JSON.parse(JSON.stringify(query));
const west = plain(select("Order ID", "Sales").where(eq("Region", "West")));
const resourceUrn = "urn:pulumi:s::p::t::orders";
const args = (more: Record<string, unknown> = {}) => argsOf(lab, path, { query: west, resourceUrn, ...more });
const options = (changes: Partial<RuntimeOptions>) => lab.emulator.control.setOptions(changes);
const said = () =>
  engine.messages.filter(({ ephemeral }) => !ephemeral).map(({ text }) => text.replace(/of \d{4}.*UTC/, "of … UTC"));
const calls = async () =>
  (await lab.emulator.control.requests()).map(({ method, path }) => `${method} ${path.replace(lab.dataset, "…")}`);
const execute = "POST /api/query/v1/execute/…";

/** The preview of a resource that is not there yet. */
async function previewOfNew(more?: Record<string, unknown>) {
  await lab.emulator.control.clearRequests();
  return (await processTelling(engine)).check(args({ ...more, dryRun: true }));
}

/** The preview of one that is. */
async function previewOf(state: ExportState, more?: Record<string, unknown>) {
  await lab.emulator.control.clearRequests();
  return (await processTelling(engine)).diff(state, args({ ...more, dryRun: true }));
}

async function created(more?: Record<string, unknown>): Promise<ExportState> {
  return (await (await lab.process()).create(args(more))).outs;
}

test("the preview of a new export says how many rows would leave, with one call more", async () => {
  expect((await previewOfNew()).failures).toEqual([]);
  await expect.poll(said).toEqual(["would export 2 of 4 rows, 2 columns, data of … UTC"]);
  const user = "GET /api/content/v2/users/me";
  const facts = ["GET /api/data/v3/datasources/…", "GET /api/query/v1/datasources/…/schema/indexed"];
  expect((await calls()).sort()).toEqual(
    [...facts, "GET /api/query/v1/data-control/…/filter-groups", user, execute].sort(),
  );
  expect(await lab.emulator.control.exports({})).toEqual([]);
});

test.each([
  [
    "groups",
    plain(select("Region", count("Order ID")).groupBy("Region")),
    "would export 3 rows made from 4 rows, 2 columns",
  ],
  ["one row and one column", plain(select("Sales").limit(1)), "would export 1 of 4 rows, 1 column"],
])("the line fits %s", async (_what, query, text) => {
  await options({ lastUpdated: "absent" });
  await previewOfNew({ query });
  await expect.poll(said).toEqual([text]);
});

test("a check that is no preview counts nothing", async () => {
  await (await processTelling(engine)).check(args());
  expect(await calls()).not.toContain(execute);
});

test("the preview of an unchanged export asks nothing, nor does one that only records", async () => {
  const state = await created();
  await previewOf(state);
  expect(await calls()).toEqual([]);
  await previewOf(state, { timeoutSeconds: 60, verify: "rows" });
  expect(await calls()).toEqual([]);
  expect(said()).toEqual([]);
});

test.each<[string, (state: ExportState) => [ExportState, Record<string, unknown>]]>([
  ["another trigger", (state) => [state, { triggers: 2 }]],
  ["a missing object", (state) => [{ ...state, drift: [drift("object-missing")] }, {}]],
  ["new data, where it exports", (state) => [{ ...state, drift: [drift("new-data")] }, { onNewData: "export" }]],
  ["an export that was not verified", (state) => [{ ...state, exportStatus: "unverified" }, {}]],
])("the preview of %s counts once", async (_what, change) => {
  const [state, more] = change(await created());
  await previewOf(state, more);
  await expect.poll(said).toEqual(["would export 2 of 4 rows, 2 columns, data of … UTC"]);
  expect((await calls()).filter((call) => call === execute)).toHaveLength(1);
});

test("new data that is only reported is no reason to count", async () => {
  const state = await created();
  await previewOf({ ...state, drift: [drift("new-data")] });
  expect(await calls()).toEqual([]);
});

test("a replacement is counted once: in its own check, not in the diff before it", async () => {
  const state = await created();
  const more = { path: `${path}-b` };
  expect((await previewOf(state, more)) as object).toMatchObject({ replaces: ["path"] });
  expect(await calls()).not.toContain(execute);
  await previewOfNew(more);
  expect((await calls()).filter((call) => call === execute)).toHaveLength(1);
});

test.each([
  ["the dataset", { dataset: UNKNOWN }],
  ["a part of the query", { query: plain(select("Order ID").where(eq("Region", UNKNOWN))) }],
  ["what is taken over", { adopt: "0a1b2c3d" }],
  ["the number of rows, as it does not matter", { countRows: "off" }],
])("nothing is counted where the preview does not need to know %s", async (_what, more) => {
  expect((await previewOfNew(more)).failures).toEqual([]);
  expect(await calls()).not.toContain(execute);
  expect(said()).toEqual([]);
});

test("outside of expectRows the preview fails, at the argument", async () => {
  expect((await previewOfNew({ expectRows: { max: 1 } })).failures).toEqual([
    {
      property: "expectRows",
      reason: "the query has 2 rows, more than expectRows.max (1) — correct the query, or raise max",
    },
  ]);
  expect((await previewOfNew({ expectRows: { min: 2 } })).failures).toEqual([]);
  expect((await previewOfNew({ expectRows: { max: UNKNOWN } })).failures).toEqual([]);
  const error = await failure(previewOf(await created(), { triggers: 2, expectRows: { min: 3 } }));
  expect(error.message).toMatch(/^expectRows: the query has 2 rows, fewer than expectRows.min \(3\) — /);
});

test("new bounds that the recorded export breaks fail the preview, without a call", async () => {
  const state = await created();
  const error = await failure(previewOf(state, { expectRows: { max: 1 } }));
  expect(error.message).toContain(`expectRows: the recorded export ${state.exportId} has 2 rows, more than`);
  expect(await calls()).toEqual([]);
});

test("a Domo that does not count costs a quiet word, or a warning where a count is demanded", async () => {
  await options({ executeStatus: 403 });
  expect((await previewOfNew()).failures).toEqual([]);
  await expect.poll(() => engine.messages).toMatchObject([{ severity: 1 }]);
  expect(said()[0]).toMatch(/^the query's rows are not counted: .*403/);
  for (const [why, more] of [
    ["expectRows", { expectRows: { min: 1 } }],
    ['countRows: "require"', { countRows: "require" }],
  ] as const) {
    engine.messages.length = 0;
    expect((await previewOfNew(more)).failures).toEqual([]);
    await expect.poll(() => engine.messages).toMatchObject([{ severity: 2 }]);
    expect(said()[0]).toMatch(new RegExp(`^${why} is not checked in this preview: .*; pulumi up will check it$`));
  }
});

test("a preview without a token is as it was: nothing is counted", async () => {
  const { DOMO_DEVELOPER_TOKEN = "" } = process.env;
  delete process.env.DOMO_DEVELOPER_TOKEN;
  try {
    expect((await previewOfNew()).failures).toEqual([]);
  } finally {
    process.env.DOMO_DEVELOPER_TOKEN = DOMO_DEVELOPER_TOKEN;
  }
  expect(await calls()).toEqual([]);
});

function drift(kind: "object-missing" | "new-data") {
  return { kind, subject: "x", expected: "y", actual: "z" };
}
