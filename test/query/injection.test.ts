import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eq, inList, raw, select, sql } from "../../provider/query/build/builder";
import type { QueryInput } from "../../provider/query/build/input";
import { compile } from "../../provider/query/compile";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";
import { nastyText } from "./trees";

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const name = nastyText.filter((text) => text !== "" && text.toLowerCase() !== "other");

async function canonical(query: QueryInput) {
  const result = await normalizeQuery(JSON.parse(JSON.stringify(query)));
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  return result.query;
}

test("a name and a value stay in their places, whatever they hold", async () => {
  const property = fc.asyncProperty(name, nastyText, nastyText, async (column, value, other) => {
    const query = await canonical(
      select(column)
        .where(eq(column, value), inList("other", [value, other]))
        .orderBy(column),
    );
    await connection.run(`CREATE OR REPLACE TABLE dataset (${quoted(column)} VARCHAR, other VARCHAR)`);
    await connection.run("INSERT INTO dataset VALUES ($1, $2), ($3, $2), (NULL, NULL)", [value, other, `${value}!`]);
    const answer = await connection.runAndReadAll(render(query));
    expect(answer.getRows()).toEqual([[value]]);
    expect(compile(query)).toEqual({
      columns: [{ exprType: "COLUMN", column }],
      groupByColumns: [],
      orderByColumns: [{ expression: { exprType: "COLUMN", column }, order: "ASCENDING" }],
      where: {
        exprType: "AND",
        leftExpr: {
          exprType: "EQUALS",
          leftExpr: { exprType: "COLUMN", column },
          rightExpr: { exprType: "STRING_VALUE", value },
        },
        rightExpr: {
          exprType: "IN",
          leftExpr: { exprType: "COLUMN", column: "other" },
          not: false,
          selectSet: [value, other].map((text) => ({ exprType: "STRING_VALUE", value: text })),
        },
      },
    });
  });
  await fc.assert(property, { seed: 20_240_131, numRuns: 300 });
}, 60_000);

test("the SQL keeps one line for each column and each predicate and shows no hidden character", async () => {
  const property = fc.asyncProperty(name, nastyText, nastyText, async (column, value, other) => {
    const text = render(
      await canonical(select(column).where(eq("a", value), eq("b", raw({ [other]: value })), eq("c", 1))),
    );
    expect(text.split("\n")).toHaveLength(6);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
  });
  await fc.assert(property, { seed: 20_240_131, numRuns: 300 });
});

test("a name with a line break is looked up in the row", async () => {
  const text = render(await canonical(select("Net\nSales").where(eq("Net\nSales", "a\u202eb"))));
  expect(text).toBe(
    [
      "SELECT",
      "  dataset['Net' || chr(10) || 'Sales']",
      "FROM dataset",
      "WHERE dataset['Net' || chr(10) || 'Sales'] = ('a' || chr(8238) || 'b')",
    ].join("\n"),
  );
});

test("NUL and halves of surrogate pairs are refused wherever they stand", async () => {
  const queries = [
    select("a\0b"),
    select("a").where(eq("a", "\0")),
    select("a").where(eq("a", raw({ x: "\0" }))),
    sql("SELECT a\0 FROM dataset"),
  ];
  const results = await Promise.all(queries.map((query) => normalizeQuery(JSON.parse(JSON.stringify(query)))));
  expect(results.map((result) => (result.ok ? [] : result.failures))).toEqual([
    [
      {
        path: "query.columns[0].name",
        reason: '"a\\u0000b" has a NUL character, which no exported text can hold; remove it',
      },
    ],
    [
      {
        path: "query.where.right",
        reason: '"\\u0000" has a NUL character, which no exported text can hold; remove it',
      },
    ],
    [
      {
        path: "query.where.right.json.x",
        reason: '"\\u0000" has a NUL character, which no exported text can hold; remove it',
      },
    ],
    [{ path: "query", reason: "line 1, column 9: a NUL character can't be part of a query; remove it" }],
  ]);
  const half = await normalizeQuery(select("a").where(eq("a", "\ud800")));
  expect(half).toEqual({
    ok: false,
    failures: [
      {
        path: "query.where.right",
        reason: '"\\ud800" has half of a surrogate pair and so is not valid text; remove it',
      },
    ],
  });
});
