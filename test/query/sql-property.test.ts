import fc from "fast-check";
import { expect, test } from "vitest";
import { sql } from "../../provider/query/build/builder";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { parseSql } from "../../provider/query/read/sql/parse";
import { render } from "../../provider/query/render";
import { nastyText, selectTree, wildTree } from "./trees";

const SEED = 20_240_131;
const pieces = [
  ...["SELECT", "FROM", "dataset", "WHERE", "GROUP", "BY", "ORDER", "LIMIT", "OFFSET", "AND", "OR", "NOT", "IN"],
  ...["BETWEEN", "COUNT", "DISTINCT", "RAW", "CHR", "DATE", "TIMESTAMP", "CASE", "CAST", "NULL", "TRUE", "UNION"],
  ...["JOIN", "AS", "HAVING", "LIKE", "IS", "ALL", "CURRENT_DATE", "INTERVAL", "WITH", "TOP", "FETCH", "NULLS"],
  ...[
    "(",
    ")",
    ",",
    ";",
    ".",
    "*",
    "+",
    "-",
    "/",
    "=",
    "==",
    "<>",
    "<",
    ">=",
    "||",
    "&&",
    "::",
    "[",
    "]",
    "~",
    "?",
    ":",
  ],
  ...[
    "a",
    '"b c"',
    "'x'",
    "''",
    '""',
    "1",
    "1e400",
    ".5",
    "9007199254740993",
    "chr(10)",
    "RAW('{')",
    "'",
    '"',
    "/*",
    "--",
  ],
  ...["\n", "\r\n", "\t", "\0", "\u200b", "\ud800", "🦜", "ı", "$1", "{", "__proto__", "constructor", "dataset["],
];
const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 25 }).map((parts) => parts.join(" "));
const valid = fc.oneof(selectTree, wildTree).map((tree) => render(tree));
/** A valid text with some of its characters gone, doubled or replaced. */
const damaged = fc
  .tuple(
    valid,
    fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.oneof(fc.constantFrom("", ...pieces), nastyText)), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([text, cuts]) =>
    cuts.reduce((whole, [at, length, piece]) => {
      const from = at % (whole.length + 1);
      return whole.slice(0, from) + piece + whole.slice(from + length);
    }, text),
  );
const text = fc.oneof(
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  { weight: 1, arbitrary: nastyText },
  { weight: 3, arbitrary: soup },
  { weight: 5, arbitrary: damaged },
);

test("no text makes the reader throw, and each of its faults has a place inside the text", async () => {
  const seen = { read: 0, refused: 0 };
  const property = fc.asyncProperty(text, async (text) => {
    const result = await normalizeQuery(sql(text));
    if (result.ok) return void seen.read++;
    seen.refused++;
    expect(result.failures.length).toBeGreaterThan(0);
    for (const { path, reason } of result.failures) {
      const [, line, column] = /^line (\d+), column (\d+): ./su.exec(reason)!.map(Number);
      const lines = text.split("\n");
      expect(line, path).toBeLessThanOrEqual(lines.length);
      expect(column, path).toBeLessThanOrEqual(lines[line! - 1]!.length + 1);
      expect(Math.min(line!, column!), path).toBeGreaterThan(0);
    }
  });
  await fc.assert(property, { seed: SEED, numRuns: 6000 });
  expect(seen.read).toBeGreaterThan(150);
  expect(seen.refused).toBeGreaterThan(3000);
}, 60_000);

test("a character that SQL does not know is reported at its own place", () => {
  const seen = { exact: 0, earlier: 0 };
  const property = fc.property(selectTree, fc.nat(), (tree, at) => {
    const words = render(tree).split(/(?<=\s)/);
    const split = at % (words.length + 1);
    const text = `${words.slice(0, split).join("")} § ${words.slice(split).join("")}`;
    parseSql(text, (_path, reason) => {
      const [offset, wanted] = [offsetOf(text, reason), text.indexOf("§")];
      // A word that needs its neighbour, as in ORDER § BY, is reported itself.
      expect(offset).toBeLessThanOrEqual(wanted);
      seen[offset === wanted ? "exact" : "earlier"]++;
      return undefined;
    });
  });
  fc.assert(property, { seed: SEED, numRuns: 500 });
  expect(seen.exact).toBeGreaterThan(9 * seen.earlier);
  expect(seen.exact).toBeGreaterThan(300);
});

function offsetOf(text: string, reason: string): number {
  const [, line, column] = /^line (\d+), column (\d+): /.exec(reason)!.map(Number);
  const before = text.split("\n").slice(0, line! - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column! - 1;
}

test.each([
  ["parentheses", (n: number) => `SELECT a FROM dataset WHERE ${"(".repeat(n)}a = 1${")".repeat(n)}`],
  ["parentheses around a value", (n: number) => `SELECT a FROM dataset WHERE a = ${"(".repeat(n)}1${")".repeat(n)}`],
  ["raw JSON", (n: number) => `SELECT RAW('${"[".repeat(n)}${"]".repeat(n)}') FROM dataset`],
  ["comments", (n: number) => `SELECT a FROM dataset ${"/*".repeat(n)}`],
])("100,000 levels of %s are a fault and no overflow", async (_what, make) => {
  expect((await normalizeQuery(sql(make(100_000)))).ok).toBe(false);
  if (!make(1).includes("/*")) expect((await normalizeQuery(sql(make(20)))).ok).toBe(true);
});

test("20,000 columns, values, predicates and parts of a text are read", async () => {
  const many = (piece: (index: number) => string, join: string) =>
    Array.from({ length: 20_000 }, (_, i) => piece(i)).join(join);
  for (const query of [
    `SELECT ${many((i) => `a${i}`, ", ")} FROM dataset`,
    `SELECT a FROM dataset WHERE a IN (${many(String, ", ")})`,
    `SELECT a FROM dataset WHERE ${many((i) => `a > ${i}`, " AND ")}`,
    `SELECT a FROM dataset WHERE a = ${many(() => "'x'", " || ")}`,
    `SELECT a FROM dataset WHERE a = '${many(() => "''", "")}'`,
  ])
    expect((await normalizeQuery(sql(query))).ok).toBe(true);
});
