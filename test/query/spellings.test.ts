import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { eq, select, sql } from "../../provider/query/build/builder";
import type { QueryInput } from "../../provider/query/build/input";
import { compile } from "../../provider/query/compile";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";
import { spellings, tableRow } from "./spellings";

async function canonical(query: QueryInput) {
  const result = await normalizeQuery(JSON.parse(JSON.stringify(query)));
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  return result.query;
}

describe.each(spellings)("$title", (spelling) => {
  const { builder, sql: text, domo } = spelling;

  test("builder, SQL and Domo's JSON give one tree", async () => {
    const tree = await canonical(builder);
    expect(await canonical(sql(text))).toStrictEqual(tree);
    expect(await canonical(domo as QueryInput)).toStrictEqual(tree);
  });

  test("the tree compiles to Domo's JSON", async () => {
    const expected: unknown = JSON.parse(
      JSON.stringify(domo),
      (_key, value: { kind?: string; json?: unknown } | null) => (value?.kind === "raw" ? value.json : value),
    );
    expect(compile(await canonical(builder))).toEqual(expected);
  });

  test("the rendered SQL is read back as the tree", async () => {
    const tree = await canonical(builder);
    expect(await canonical(sql(render(tree)))).toStrictEqual(tree);
  });

  test("the documentation shows it", () => {
    expect(readFileSync("docs/queries.md", "utf8")).toContain(tableRow(spelling));
  });
});

test.each([
  [0.1, "0.1"],
  [-99.95, "-99.95"],
  [1e-7, "1e-7"],
  [9007199254740991, "9007199254740991"],
  [123456789.123456, "123456789.123456"],
  // As decimal text, DuckDB would read a neighbour of this double.
  [0.42199977789329157, "4.2199977789329157e-1"],
  [-0, "0"],
])("the number %d is rendered as %s and read back", async (value, expected) => {
  const query = await canonical(select("a").where(eq("a", value)));
  expect(render(query)).toBe(`SELECT\n  "a"\nFROM dataset\nWHERE "a" = ${expected}`);
  expect(await canonical(sql(render(query)))).toStrictEqual(query);
});
