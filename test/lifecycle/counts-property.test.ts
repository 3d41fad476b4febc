import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cell, PdpPolicy } from "../../emulator/options";
import { loadTable } from "../../emulator/tables";
import type { SelectNode } from "../../provider/query/ast";
import { eq, select } from "../../provider/query/build/builder";
import { render } from "../../provider/query/render";
import { columns, rows, selectTree } from "../query/trees";
import { type EngineServer, startEngineServer } from "../support/engine-server";
import { deployer, type Lab, startLab, TOKEN } from "../support/lab";
import { failure, processTelling } from "./hostile";

const RUNS = Number(process.env.COUNT_RUNS ?? 30);
const SEED = 20_240_131;
const regions = ["West", "East", "O'Brien", ""];

let lab: Lab;
let engine: EngineServer;
let duckdb: DuckDBConnection;
beforeAll(async () => {
  lab = await startLab({ exportSeconds: 0.05, reuse: "never" });
  engine = await startEngineServer();
  duckdb = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
}, 180_000);
afterAll(async () => {
  engine.close();
  duckdb.closeSync();
  await lab.stop();
});

interface Case {
  data: Cell[][];
  query: SelectNode;
  /** Regions of which the token's user sees the rows; absent = no row policies. */
  sees?: readonly string[];
}

const simple = fc.constantFrom(
  select("id"),
  select("id", "Sales").where(eq("Region", "West")),
  select("Region").groupBy("Region"),
  select("id").limit(3).offset(1),
);
const cases: fc.Arbitrary<Case> = fc.record({
  data: rows,
  query: fc.oneof(
    { weight: 1, arbitrary: selectTree },
    { weight: 2, arbitrary: simple.map((query) => JSON.parse(JSON.stringify(query)) as SelectNode) },
  ),
  sees: fc.option(fc.subarray(regions), { nil: undefined, freq: 1 }),
});

/** Puts the data into a dataset of its own, and says how many rows DuckDB finds for the query's SQL among those that may be seen. */
async function scene({ data, query, sees }: Case, run: number) {
  const dataset = `0a1b2c3d-0000-0000-0000-${String(run).padStart(12, "0")}`;
  await lab.emulator.control.putDataset({ id: dataset, name: "Random", columns, rows: data });
  await lab.emulator.control.putUser({ ...deployer(dataset), token: TOKEN });
  const own: PdpPolicy = {
    filterGroupId: 1,
    name: "own",
    type: "user",
    userIds: [7],
    parameters: [{ name: "Region", values: sees ?? [] }],
  };
  const policies = sees === undefined || sees.length === 0 ? [{ ...own, userIds: [8] }] : [own];
  if (sees) await lab.emulator.control.setPdp({ dataset, pdp: { enabled: true, policies } });
  await duckdb.run(`DROP TABLE IF EXISTS everything; DROP TABLE IF EXISTS dataset`);
  await loadTable(duckdb, "everything", { id: dataset, columns, rows: data });
  const allowed = (sees ?? []).map((region) => `'${region.replaceAll("'", "''")}'`).join(", ");
  const seen = sees === undefined ? "true" : sees.length === 0 ? "false" : `"Region" IN (${allowed})`;
  await duckdb.run(`CREATE TABLE dataset AS SELECT * FROM everything WHERE ${seen}`);
  const answer = await duckdb.runAndReadAll(render(query));
  const place = { bucket: lab.bucket, path: `exports/random-${run}`, roleArn: lab.roleArn };
  const resourceUrn = `urn:pulumi:s::p::t::random-${run}`;
  return { rows: answer.getRows().length, args: { dataset, query, ...place, resourceUrn, verify: "rows" } };
}

let run = 0;

test(`preview, DuckDB and delivery agree on the rows of ${RUNS} random queries, data and row policies`, async () => {
  let some = 0;
  const property = fc.asyncProperty(cases, async (drawn) => {
    await lab.emulator.control.setOptions({ lostRows: 0 });
    const { rows, args } = await scene(drawn, ++run);
    const process = await processTelling(engine);
    engine.messages.length = 0;
    expect((await process.check({ ...args, dryRun: true })).failures).toEqual([]);
    const line = () => engine.messages.map(({ text }) => text).find((text) => text.startsWith("would export"));
    await expect.poll(line).toMatch(new RegExp(`^would export ${rows}\\b`));
    const { outs } = await process.create({ ...args, expectRows: { min: rows, max: rows } });
    expect(outs.counts).toMatchObject({ query: rows, domo: rows, objects: rows, comparable: true });
    expect(outs.rowCount).toBe(rows);
    if (rows > 0) some++;
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS, endOnFailure: true });
  expect(some / RUNS).toBeGreaterThan(0.25);
}, 240_000);

test(`an export that lost a row is caught in every of ${RUNS} random cases`, async () => {
  let caught = 0;
  const property = fc.asyncProperty(cases, async (drawn) => {
    await lab.emulator.control.setOptions({ lostRows: 1 });
    const { rows, args } = await scene(drawn, ++run);
    fc.pre(rows > 0);
    const error = await failure((await processTelling(engine)).create(args));
    expect(error.properties?.exportStatus).toBe("unverified");
    expect(error.message).toContain(`Domo reports ${rows - 1} row`);
    caught++;
  });
  await fc.assert(property, { seed: SEED + 1, numRuns: RUNS, endOnFailure: true });
  expect(caught).toBe(RUNS);
}, 240_000);
