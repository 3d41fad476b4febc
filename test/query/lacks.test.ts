import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LACKS, type Lack, lackOfJson, lackOfSql, lackSentence } from "../../provider/query/lacks";
import { normalizeQuery } from "../../provider/query/read/canonical";

const lacks: Lack[] = Object.values(LACKS);
const cell = (text: string) => text.replace(/[|<>*]/g, "\\$&");
const table = [
  "| Domo's query language has no | instead |",
  "| --- | --- |",
  ...lacks.map(({ name, instead }) => `| ${cell(name)} | ${cell(instead)} |`),
].join("\n");

test("the documentation lists what Domo's query language lacks, and nothing else", () => {
  expect(readFileSync("docs/queries.md", "utf8")).toContain(
    `## What it can't say\n\n<!-- prettier-ignore-start -->\n${table}\n<!-- prettier-ignore-end -->\n`,
  );
});

test("no word, symbol or exprType asks for two of them", () => {
  for (const lack of lacks) {
    for (const word of lack.sql ?? []) expect(lackOfSql(word), word).toBe(lack);
    for (const type of lack.json ?? []) expect(lackOfJson(type), type).toBe(lack);
  }
  expect(lackOfSql("constructor")).toBeUndefined();
  expect(lackOfJson("constructor")).toBeUndefined();
});

test("SQL and Domo's JSON answer with the same words", async () => {
  const reason = async (query: object) => {
    const result = await normalizeQuery(query);
    return result.ok ? "" : result.failures[0]!.reason;
  };
  for (const lack of [LACKS.or, LACKS.like, LACKS.nulls, LACKS.cases, LACKS.casts, LACKS.booleans]) {
    const text = `SELECT a FROM dataset WHERE x ${lack === LACKS.booleans ? "= " : ""}${lack.sql[0]}`;
    expect(await reason({ kind: "sql", text })).toContain(lackSentence(lack));
    const columns = [{ exprType: "COLUMN", column: "a" }];
    expect(await reason({ columns, where: { exprType: lack.json[0] } })).toContain(lack.instead);
  }
});
