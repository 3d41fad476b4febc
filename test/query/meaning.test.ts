import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { csvRows } from "../../emulator/csv-rows";
import { domoQuery } from "../../emulator/query-schema";
import { querySql } from "../../emulator/query-sql";
import { loadTable } from "../../emulator/tables";
import type { SelectNode } from "../../provider/query/ast";
import { checkQuery } from "../../provider/query/check/columns";
import { compile } from "../../provider/query/compile";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";
import { columns, rows, selectTree } from "./trees";

const RUNS = 100;
const TREES = 25;

test(`the emulator's answer to the JSON is DuckDB's answer to the SQL, for ${RUNS * TREES} queries`, async () => {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  let asked = 0;
  let answered = 0;
  const trees = fc.array(selectTree, { minLength: TREES, maxLength: TREES });
  const property = fc.asyncProperty(rows, trees, async (data, queries) => {
    await connection.run("DROP TABLE IF EXISTS dataset");
    await loadTable(connection, "dataset", { id: "d", columns, rows: data });
    for (const query of queries) {
      const { json, sql } = await spell(query);
      const target = { table: "dataset", columns, filter: "all" } as const;
      const emulated = await csvRows(connection, querySql(domoQuery.parse(json), target));
      const oracle = await csvRows(connection, { sql, values: [] });
      expect(inOrder(emulated.rows, query), sql).toEqual(inOrder(oracle.rows, query));
      asked++;
      if (emulated.rows.length > 0) answered++;
    }
  });
  await fc.assert(property, { seed: 20_240_131, numRuns: RUNS, endOnFailure: true });
  connection.closeSync();
  expect(asked).toBeGreaterThanOrEqual(RUNS * TREES);
  expect(answered / asked).toBeGreaterThan(0.3);
}, 90_000);

/** What the provider sends and shows; the tree passes its checks on the way. */
async function spell(query: SelectNode): Promise<{ json: unknown; sql: string }> {
  const result = await normalizeQuery(query);
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  expect(result.query).toEqual(query);
  expect(checkQuery(result.query, { name: "d", columns })).toEqual([]);
  return { json: JSON.parse(JSON.stringify(compile(result.query))), sql: render(result.query) };
}

function inOrder(answer: readonly (readonly (string | null)[])[], query: SelectNode): unknown[] {
  const lines = answer.map((row) => JSON.stringify(row));
  return query.orderBy ? lines : lines.sort();
}
