import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sql } from "../../provider/query/build/builder";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { parseSql } from "../../provider/query/read/sql/parse";
import { render } from "../../provider/query/render";

async function read(text: string): Promise<string> {
  const result = await normalizeQuery(sql(text));
  return result.ok ? render(result.query) : result.failures.map(({ path, reason }) => `${path}: ${reason}`).join("\n");
}

/** Every mistake with its whole message, as a user sees it: `⏎` is a line break, `<U+200B>` an invisible character. */
const mistakes = readFileSync("test/query/sql-faults.txt", "utf8")
  .trimEnd()
  .split("\n\n")
  .map((entry) => entry.split("\n  ") as [text: string, fault: string]);

test.each(mistakes)("%s is refused with line and column", async (written, fault) => {
  const text = written.replace("(empty)", "").replaceAll("⏎", "\n").replace("<U+200B>", "\u200b");
  expect(await read(text)).toBe(fault);
});

test("a fault that only the whole tree shows is reported with its place, and every one of them is", async () => {
  const text =
    "SELECT a,\n  b, a\nFROM dataset\nWHERE x = 'y'\n  AND (d BETWEEN 9 AND 1 AND e IN (1, DATE '2024-02-30'))\nLIMIT 0";
  expect((await read(text)).split("\n")).toEqual([
    'query.where.terms[2].values[1]: line 5, column 39: "2024-02-30" is not a day of the calendar',
    "query.limit: line 6, column 7: 0 is not a whole number of rows; give 1 or more, or leave it out",
  ]);
  expect((await read(text.replace("02-30", "02-28").replace("LIMIT 0", ""))).split("\n")).toEqual([
    'query.columns[2]: line 2, column 6: "a" is exported twice (first at [0]); keep one of them',
    "query.where.terms[1]: line 5, column 8: the bounds are the wrong way round, so that nothing could match; write 1 first and 9 second",
    'query.where.terms[2].values: line 5, column 30: mixes numbers and texts (1, "2024-02-28 00:00:00"); give values of one type',
  ]);
});

test("what a text says is not shown where it can't be read, as it may be a secret", async () => {
  for (const text of [
    "SELECT a FROM 'pa55word'",
    "SELECT a FROM dataset WHERE x IN 'pa55word'",
    "SELECT a FROM dataset 'pa55word'",
  ])
    expect(await read(text)).toMatch(/^query: line 1, column \d+: a text stands where /);
});

test("a keyword is one in ASCII only, and never in quotes", async () => {
  expect(await read("SELECT \u0131n FROM dataset")).toBe('SELECT\n  "\u0131n"\nFROM dataset'); // upper case of ı is I
  expect(await read("\u017felect a FROM dataset")).toMatch(/a query starts with SELECT, not with/); // of ſ is S
  expect(await read('SELECT a "FROM" dataset')).toMatch(
    /^query: line 1, column 10: Domo's query language has no aliases/,
  );
});

test("words that open a construct elsewhere name a column where they can be nothing else", async () => {
  for (const word of ["date", "timestamp", "count", "raw", "chr", "dataset", "top", "cross", "key", "value", "user"]) {
    expect(await read(`SELECT ${word} FROM dataset WHERE ${word} = 1 ORDER BY ${word}`)).toBe(
      `SELECT\n  "${word}"\nFROM dataset\nWHERE "${word}" = 1\nORDER BY\n  "${word}" ASC`,
    );
  }
});

test("an error of ours while SQL is read is thrown as it is, not shown as the user's fault", () => {
  expect(() => parseSql(undefined as never, () => undefined)).toThrow(TypeError);
});

test("what SQL writes in more than one way is one query", async () => {
  const plain = 'SELECT\n  "a",\n  "b c"\nFROM dataset\nWHERE "a" = \'x\'\n  AND "b c" > 1';
  const spellings = [
    'SELECT a, "b c" FROM dataset WHERE a = \'x\' AND "b c" > 1',
    'select dataset.a, (dataset."b c") from DATASET where (a = \'x\' and (1 < "b c"));',
    'SELECT a /* first */, -- second\n "b c" FROM "dataset"\nWHERE \'x\' = a AND "b c" > +1.0',
    'SELECT a, "b c" FROM dataset WHERE a = chr(120) || \'\' AND "b c" > 1e0',
  ];
  expect(await Promise.all(spellings.map(read))).toEqual(spellings.map(() => plain));
});

test("keywords, quotes, backslashes and comments inside quotes are text", async () => {
  const where = `WHERE "OR -- ""x"" /*" = 'it''s \\ ; DROP TABLE "dataset" -- OR 1 = 1'`;
  expect(await read(`SELECT "SELECT" FROM dataset ${where}`)).toBe(`SELECT\n  "SELECT"\nFROM dataset\n${where}`);
});

test("dates with a T, a zone or no time are normalised", async () => {
  const text =
    "SELECT a FROM dataset WHERE d IN (TIMESTAMP '2024-01-31T10:00:00+02:00', DATE '2024-01-31', TIMESTAMP '2024-01-31 10:30')";
  expect(await read(text)).toContain("IN ('2024-01-31 08:00:00', '2024-01-31 00:00:00', '2024-01-31 10:30:00')");
});
