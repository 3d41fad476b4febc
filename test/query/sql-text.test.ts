import { expect, test } from "vitest";
import { sql } from "../../provider/query";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";

async function read(text: string): Promise<string> {
  const result = await normalizeQuery(sql(text));
  return result.ok ? render(result.query) : result.failures.map(({ path, reason }) => `${path}: ${reason}`).join("\n");
}

const language = "Domo's query language";
const form =
  'the form is SELECT … FROM dataset [WHERE …] [GROUP BY …] [ORDER BY …] [LIMIT n [OFFSET n]], names with blanks in "…"';

const refused: [text: string, place: string, reason: string][] = [
  ["SELECT *\nFROM dataset", "line 1, column 8", `${language} has no SELECT * and no arithmetic; name the columns`],
  [
    "SELECT a\nFROM dataset\nWHERE x = 1 OR y = 2",
    "line 3, column 13",
    `${language} has no OR; over one column write IN (…), otherwise give two exports`,
  ],
  [
    "SELECT a FROM dataset WHERE x LIKE 'a%'",
    "line 1, column 31",
    `${language} has no LIKE; list the values with IN (…), or filter after the export`,
  ],
  [
    "SELECT a FROM dataset WHERE x IS NULL",
    "line 1, column 31",
    `${language} has no tests for nulls; filter them after the export`,
  ],
  [
    "SELECT a FROM dataset WHERE x = NULL",
    "line 1, column 33",
    `${language} has no tests for nulls; filter them after the export`,
  ],
  [
    "SELECT a FROM dataset WHERE NOT x = 1",
    "line 1, column 29",
    `${language} negates IN and = only; write NOT IN (…) or <>`,
  ],
  [
    "SELECT a FROM dataset WHERE x NOT BETWEEN 1 AND 2",
    "line 1, column 31",
    `${language} has no NOT BETWEEN; write < or >, whichever is meant`,
  ],
  [
    "SELECT DISTINCT a FROM dataset",
    "line 1, column 8",
    `${language} has no SELECT DISTINCT; write GROUP BY with the same columns`,
  ],
  [
    "SELECT COUNT(*) FROM dataset",
    "line 1, column 14",
    'COUNT(*) is not known; write COUNT("…") of a column that is never null',
  ],
  [
    "SELECT SUM(a) FROM dataset",
    "line 1, column 8",
    `${language} has no function SUM, only COUNT; compute it in Domo or after the export`,
  ],
  [
    "SELECT a AS b FROM dataset",
    "line 1, column 10",
    `${language} has no aliases; the export keeps the columns' names`,
  ],
  [
    "SELECT a b FROM dataset",
    "line 1, column 10",
    `${language} has no aliases; remove it, or if it belongs to a name with blanks, quote the whole name: "Order ID"`,
  ],
  ["SELECT a, 'x' FROM dataset", "line 1, column 11", `${language} exports columns and counts, not constants`],
  [
    "SELECT a FROM orders",
    "line 1, column 15",
    "the table is called dataset here, not orders; the argument dataset says which it is",
  ],
  [
    "SELECT a FROM dataset d",
    "line 1, column 23",
    "d is not known after dataset; aliases are not, and the next clause is WHERE, GROUP BY, ORDER BY or LIMIT",
  ],
  [
    "SELECT a FROM dataset\nLEFT JOIN b ON a = b",
    "line 2, column 1",
    `${language} reads one dataset; join them in a DataFlow in Domo and export its result`,
  ],
  [
    "SELECT a FROM dataset, b",
    "line 1, column 22",
    `${language} reads one dataset; join them in a DataFlow in Domo and export its result`,
  ],
  ["SELECT a FROM (SELECT a FROM dataset)", "line 1, column 15", `${language} has no sub-queries; write one SELECT`],
  [
    "SELECT a FROM dataset WHERE x IN (SELECT 1)",
    "line 1, column 34",
    `${language} has no sub-queries; write one SELECT`,
  ],
  [
    "SELECT a FROM dataset WHERE x IN ()",
    "line 1, column 35",
    "the list is empty, so that nothing could match; give a value",
  ],
  [
    "SELECT a FROM dataset WHERE x = y",
    "line 1, column 29",
    `${language} compares a column with values, not with another column`,
  ],
  [
    "SELECT a FROM dataset WHERE x",
    "line 1, column 23",
    "a predicate compares a column with a value: \"Region\" = 'West'",
  ],
  [
    "SELECT a FROM dataset WHERE x = 1 + 2",
    "line 1, column 35",
    `${language} has no arithmetic; write the value itself`,
  ],
  [
    "SELECT a FROM dataset WHERE x = CURRENT_DATE",
    "line 1, column 33",
    "a value is expected here: a text in '…', a number, or a date as TIMESTAMP '…'",
  ],
  ["SELECT a FROM dataset WHERE x = :p", "line 1, column 33", `${language} has no parameters; write the value itself`],
  [
    "SELECT a FROM dataset WHERE x = $1",
    "line 1, column 33",
    "dollar quotes and parameters are not known; write a text in '…'",
  ],
  [
    "SELECT a FROM dataset WHERE x = 9007199254740993",
    "line 1, column 29",
    "9007199254740993 is beyond 2^53 - 1, where JSON numbers are no longer exact; give a smaller bound",
  ],
  ["SELECT a::text FROM dataset", "line 1, column 9", `${language} has no casts; the export keeps the column's type`],
  [
    "SELECT a FROM dataset HAVING 1 = 1",
    "line 1, column 23",
    `${language} has no HAVING; filter the groups after the export`,
  ],
  [
    "SELECT COUNT(a) OVER () FROM dataset",
    "line 1, column 17",
    `${language} has no window functions; compute them in Domo or after the export`,
  ],
  ["SELECT a FROM dataset ORDER BY 1", "line 1, column 32", "ORDER BY takes columns by name, not by number"],
  [
    "SELECT a FROM dataset ORDER BY a NULLS LAST",
    "line 1, column 34",
    `${language} can't place nulls; leave NULLS FIRST and NULLS LAST out`,
  ],
  ["SELECT a FROM dataset LIMIT 5, 6", "line 1, column 30", "LIMIT and OFFSET take a number each: LIMIT 100 OFFSET 20"],
  ["SELECT a FROM dataset OFFSET 5 LIMIT 6", "line 1, column 23", "OFFSET stands after LIMIT: LIMIT 100 OFFSET 20"],
  [
    "SELECT a FROM dataset; DROP TABLE b",
    "line 1, column 22",
    "one query is one SELECT; remove what follows the semicolon",
  ],
  ["WITH x AS (SELECT 1) SELECT a FROM dataset", "line 1, column 1", `${language} has no WITH; write one SELECT`],
  ["UPDATE dataset SET a = 1", "line 1, column 1", "a query starts with SELECT, not with UPDATE"],
  ["", "line 1, column 1", "the text is empty; write SELECT … FROM dataset"],
  ["SELECT a", "line 1, column 1", "the table is called dataset; write FROM dataset"],
  ["SELECT `a` FROM dataset", "line 1, column 8", 'names are quoted with ", not with `'],
  [
    "SELECT a FROM dataset\nWHERE x = 'abc",
    "line 2, column 11",
    "this ' is never closed; a ' inside is written twice: ''",
  ],
  ["SELECT a FROM dataset /* x", "line 1, column 23", "this comment is never closed; end it with */"],
  [
    "SELECT a FROM dataset WHERE x = E'\\n'",
    "line 1, column 34",
    "a text with the prefix E is not known; write it in '…', a special character as 'a' || chr(10) || 'b'",
  ],
  ["SELECT a FROM dataset WHERE a = 1 AND", "line 1, column 38", `the text can't be read as it ends here; ${form}`],
  ["SELECT Order ID FROM dataset", "line 1, column 14", `the text can't be read at ID; ${form}`],
  ["SELECT RAW('{') FROM dataset", "line 1, column 8", "RAW('…') does not hold JSON"],
];

test.each(refused)("%j is refused with line and column", async (text, place, reason) => {
  expect(await read(text)).toBe(`query: ${place}: ${reason}`);
});

test("faults of values are told by their path", async () => {
  expect(await read("SELECT a FROM dataset LIMIT 0")).toMatch(/^query\.limit: 0 is not/);
  expect(await read("SELECT a FROM dataset WHERE x = DATE '2024-02-30'")).toMatch(
    /^query\.where\.right: "2024-02-30" is not a day/,
  );
  expect(await read("SELECT a, a FROM dataset")).toMatch(/^query\.columns\[1\]: "a" is exported twice/);
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
