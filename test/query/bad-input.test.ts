import { expect, test } from "vitest";
import {
  between,
  column,
  count,
  datetime,
  desc,
  eq,
  inList,
  raw,
  select,
  text,
} from "../../provider/query/build/builder";
import type { QueryInput } from "../../provider/query/build/input";
import { normalizeQuery } from "../../provider/query/read/canonical";

/** Faults of a query, as `path: reason`. */
async function faults(query: unknown): Promise<string[]> {
  const result = await normalizeQuery(query);
  return result.ok ? [] : result.failures.map(({ path, reason }) => `${path}: ${reason}`);
}

const some = select("a");
const never = (value: unknown) => value as never;
/** A tree as a program without the builder may give it. */
const where = (predicate: unknown) => ({ ...some.tree, where: never(predicate) });

const table: [title: string, query: QueryInput, ...faults: string[]][] = [
  [
    "no columns",
    { ...some.tree, columns: [] },
    "query.columns: is empty; list the columns to export, as Domo's query language has no SELECT *",
  ],
  ["an empty name", select(""), 'query.columns[0]: "" is not a column; give its name'],
  ["a number as a column", select(never(5)), "query.columns[0].name: 5 is not text"],
  ["a column twice", select("a", "b", "a"), 'query.columns[2]: "a" is exported twice (first at [0]); keep one of them'],
  [
    "a count twice",
    select(count("a"), count("a")),
    'query.columns[1]: COUNT("a") is exported twice (first at [0]); keep one of them',
  ],
  [
    "an empty IN",
    some.where(inList("a", [])),
    "query.where.values: is empty, so that nothing could match; give at least one value",
  ],
  [
    "a mixed IN",
    some.where(inList("a", [1, never("b")])),
    'query.where.values: mixes numbers and texts (1, "b"); give values of one type',
  ],
  [
    "BETWEEN the wrong way round",
    some.where(between("a", 5, 1)),
    "query.where: the bounds are the wrong way round, so that nothing could match; write 1 first and 5 second",
  ],
  [
    "BETWEEN of dates the wrong way round",
    some.where(between("a", datetime("2024-02-01"), datetime("2024-01-01T00:00:00Z"))),
    'query.where: the bounds are the wrong way round, so that nothing could match; write "2024-01-01 00:00:00" first and "2024-02-01 00:00:00" second',
  ],
  [
    "BETWEEN of two types",
    some.where(between("a", 5, never("x"))),
    'query.where: the bounds 5 and "x" are of two types; give two numbers, two texts or two dates',
  ],
  ["NaN", some.where(eq("a", NaN)), "query.where.right: NaN is not a number that can be compared; give a finite one"],
  [
    "Infinity",
    some.where(eq("a", -Infinity)),
    "query.where.right: -Infinity is not a number that can be compared; give a finite one",
  ],
  [
    "a number beyond 2^53",
    some.where(eq("a", 2 ** 53)),
    "query.where.right: 9007199254740992 is beyond 2^53 - 1, where JSON numbers are no longer exact; give a smaller bound, or use raw(…) if the rounding is meant",
  ],
  [
    "no day of the calendar",
    some.where(eq("a", datetime("2023-02-29"))),
    'query.where.right: "2023-02-29" is not a day of the calendar',
  ],
  [
    "no date at all",
    some.where(eq("a", datetime("31.01.2024"))),
    'query.where.right: "31.01.2024" is not a date; write YYYY-MM-DD or YYYY-MM-DD HH:mm:ss',
  ],
  [
    "an invalid Date",
    some.where(eq("a", new Date(NaN))),
    'query.where.right: "Invalid Date" is not a date; write YYYY-MM-DD or YYYY-MM-DD HH:mm:ss',
  ],
  [
    "no time of day",
    some.where(eq("a", datetime("2024-01-31T24:00:00"))),
    'query.where.right: "2024-01-31T24:00:00" has no valid time of day (00:00:00 to 23:59:59)',
  ],
  [
    "fractions of a second",
    some.where(eq("a", new Date("2024-01-31T00:00:00.5Z"))),
    `query.where.right: "2024-01-31T00:00:00.500Z" has fractions of a second, which Domo's form of a date can't hold; round it to a second`,
  ],
  [
    "null",
    where({ ...eq("a", 1), right: null }),
    "query.where.right: is null: Domo's query language has no tests for null (IS NULL, = NULL); filter after the export, or in a DataSet View in Domo and export the view",
  ],
  [
    "a boolean",
    some.where(eq("a", never(true))),
    "query.where.right: true is a boolean: Domo's query language has no booleans; write the text or number that the column holds",
  ],
  [
    "a column as a value",
    some.where(eq("a", never(column("b")))),
    "query.where.right: is a column: Domo's query language has no comparison of two columns; compare them in a DataSet View in Domo and export the view",
  ],
  ["a limit of 0", some.limit(0), "query.limit: 0 is not a whole number of rows; give 1 or more, or leave it out"],
  [
    "a negative limit",
    some.limit(-1),
    "query.limit: -1 is not a whole number of rows; give 1 or more, or leave it out",
  ],
  ["half a row", some.limit(1.5), "query.limit: 1.5 is not a whole number of rows; give 1 or more, or leave it out"],
  [
    "a negative offset",
    some.limit(1).offset(-1),
    "query.offset: -1 is not a whole number of rows; give 0 or more, or leave it out",
  ],
  ["an offset alone", some.offset(5), "query.offset: 5 needs a limit, as Domo takes both together; add a limit"],
  [
    "a column outside of GROUP BY",
    select("a", "b", count("c")).groupBy("a"),
    'query.columns[1]: "b" is neither counted nor in GROUP BY, so a group may have several values of it; add it to groupBy(…), count it, or leave it out',
  ],
  [
    "a count next to columns without GROUP BY",
    select("a", count("b")),
    'query.columns[0]: "a" is neither counted nor in GROUP BY, so a group may have several values of it; add it to groupBy(…), count it, or leave it out',
  ],
  [
    "order outside of GROUP BY",
    select("a").groupBy("a").orderBy(desc("b")),
    'query.orderBy[0]: "b" is not in GROUP BY, so groups can\'t be sorted by it; add it to groupBy(…), count it, or leave it out',
  ],
  [
    "grouped by twice",
    select("a").groupBy("a", "a"),
    'query.groupBy[1]: "a" is grouped by twice (first at [0]); keep one of them',
  ],
  [
    "sorted by twice",
    some.orderBy("a", desc("a")),
    'query.orderBy[1]: "a" is sorted by twice (first at [0]); keep one of them',
  ],
  [
    "a count in WHERE",
    some.where(eq(never(count("a")), 1)),
    "query.where.left: is a count, which Domo knows among the columns only; put it there, or use raw(…)",
  ],
  [
    "raw of a text",
    some.where(raw(never("x"))),
    'query.where.json: "x" is not a JSON object; give what Domo should receive, such as {"exprType": …}',
  ],
  [
    "an empty AND",
    where({ kind: "and", terms: [] }),
    "query.where.terms: is empty; give a predicate, or leave where(…) out",
  ],
  [
    "no predicate",
    where("a = 1"),
    'query.where: "a = 1" is not a predicate; give eq(…), inList(…), between(…) or another of them',
  ],
  [
    "several at once",
    select("")
      .where(eq("a", NaN), eq("", text("x")))
      .limit(0),
    'query.columns[0]: "" is not a column; give its name',
    "query.where.terms[0].right: NaN is not a number that can be compared; give a finite one",
    'query.where.terms[1].left: "" is not a column; give its name',
    "query.limit: 0 is not a whole number of rows; give 1 or more, or leave it out",
  ],
];

test.each(table)("%s is refused with path, value and advice", async (_title, query, ...expected) => {
  expect(await faults(query)).toEqual(expected);
});

test.each([
  [
    "a bare text",
    "SELECT a FROM dataset",
    'query: "SELECT a FROM dataset" is text, not a query; for SQL write sql("SELECT …")',
  ],
  ["a list", ["a"], `query: ["a"] is not a query; give select(…), sql("…") or Domo's query JSON`],
  ["null", null, `query: null is not a query; give select(…), sql("…") or Domo's query JSON`],
  [
    "an empty object",
    {},
    `query: has neither columns nor a query in it; give select(…), sql("…") or Domo's query JSON`,
  ],
  ["a predicate alone", eq("a", 1), 'query.kind: "compare" is not a query; it starts with select(…) or sql("…")'],
  ["SQL that is no text", { kind: "sql", text: 5 }, "query.text: 5 is not SQL text"],
  ["a key that no node has", { ...some.tree, having: 1 }, "query.having: is not part of a select; remove it"],
])("%s instead of a query is refused", async (_title, query, expected) => {
  expect(await faults(query)).toEqual([expected]);
});

test("what is not a fault is left alone", async () => {
  const reversedInOneCaseOnly = some.where(between("a", "a", "B"));
  const textLikeAnImpossibleDate = some.where(eq("a", "2024-02-30 00:00:00"));
  const datesWithZones = some.where(between("a", "2024-02-01T00:00:00+14:00", "2024-01-31T12:00:00Z"));
  for (const query of [reversedInOneCaseOnly, datesWithZones, textLikeAnImpossibleDate, some.limit(1).offset(0)]) {
    expect(await faults(query)).toEqual([]);
  }
});
