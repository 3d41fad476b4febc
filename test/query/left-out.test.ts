import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import {
  and,
  asc,
  between,
  column,
  count,
  datetime,
  desc,
  eq,
  inList,
  notIn,
  number,
  raw,
  select,
  text,
} from "../../provider/query/build/builder";
import type { QueryInput } from "../../provider/query/build/input";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { resolved } from "./resolved";

// What a program leaves out would not fail by itself: JSON drops it on the way to the provider, and more rows leave.

const some = select("a");
const nothing = undefined as never;
const isMissing = (where: string, what: string) =>
  `${where}: ${what} is missing — give ${what}, or leave the whole call out`;
const is = (value: string, where: string, what: string) =>
  `${where}: ${what} is ${value} — give ${what}, or leave the whole call out`;

test.each<[string, () => unknown, string]>([
  // @ts-expect-error a filter needs a predicate
  ["where()", () => some.where(), isMissing("where(…)", "a predicate")],
  ["where(...[])", () => some.where(...([] as ReturnType<typeof eq>[])), isMissing("where(…)", "a predicate")],
  // @ts-expect-error undefined is no predicate
  ["where(undefined)", () => some.where(undefined), is("undefined", "where(…)", "a predicate")],
  ["where(eq, undefined)", () => some.where(eq("a", 1), nothing), is("undefined", "where(…)", "a predicate")],
  ["where(null)", () => some.where(null as never), is("null", "where(…)", "a predicate")],
  // @ts-expect-error and() of nothing
  ["and()", () => and(), isMissing("and(…)", "a predicate")],
  ["and(undefined)", () => and(nothing), is("undefined", "and(…)", "a predicate")],
  // @ts-expect-error a query needs a column
  ["select()", () => select(), isMissing("select(…)", "a column")],
  ["select(...[])", () => select(...([] as string[])), isMissing("select(…)", "a column")],
  // @ts-expect-error undefined is no column
  ["select(undefined)", () => select(undefined), is("undefined", "select(…)", "a column")],
  // @ts-expect-error groups of nothing
  ["groupBy()", () => some.groupBy(), isMissing("groupBy(…)", "a column")],
  // @ts-expect-error sorted by nothing
  ["orderBy()", () => some.orderBy(), isMissing("orderBy(…)", "a column")],
  // @ts-expect-error undefined is no number of rows
  ["limit(undefined)", () => some.limit(undefined), is("undefined", "limit(…)", "the number of rows")],
  ["limit(null)", () => some.limit(null as never), is("null", "limit(…)", "the number of rows")],
  ["offset(undefined)", () => some.limit(1).offset(nothing), is("undefined", "offset(…)", "the number of rows")],
  // @ts-expect-error undefined is no value
  ["eq(a, undefined)", () => eq("a", undefined), is("undefined", "a predicate", "its value")],
  // @ts-expect-error null is no value
  ["eq(a, null)", () => eq("a", null), is("null", "a predicate", "its value")],
  ["eq(undefined, 1)", () => eq(nothing, 1), is("undefined", "a column", "its name")],
  // @ts-expect-error one bound
  ["between(a, 1, undefined)", () => between("a", 1, undefined), is("undefined", "a predicate", "its value")],
  // @ts-expect-error undefined among the values
  ["inList(a, [1, undefined])", () => inList("a", [1, undefined]), is("undefined", "a predicate", "its value")],
  // @ts-expect-error no list
  ["inList(a, undefined)", () => inList("a", undefined), is("undefined", "inList(…)", "a list of values")],
  ["notIn(a, null)", () => notIn("a", null as never), is("null", "notIn(…)", "a list of values")],
  ["column(undefined)", () => column(nothing), is("undefined", "column(…)", "a name")],
  ["count(undefined)", () => count(nothing), is("undefined", "a column", "its name")],
  ["asc(undefined)", () => asc(nothing), is("undefined", "a column", "its name")],
  ["desc(null)", () => desc(null as never), is("null", "a column", "its name")],
  ["text(undefined)", () => text(nothing), is("undefined", "text(…)", "a text")],
  ["number(undefined)", () => number(nothing), is("undefined", "number(…)", "a number")],
  ["datetime(undefined)", () => datetime(nothing), is("undefined", "datetime(…)", "a date")],
  ["raw(undefined)", () => raw(nothing), is("undefined", "raw(…)", "Domo's JSON")],
])("%s throws at the call", (_call, call, message) => {
  expect(call).toThrow(new TypeError(message));
});

test.each([
  ["an output", pulumi.output(eq("a", 1))],
  ["a text", "a = 1"],
  ["false", false],
])("%s is no predicate", (_what, value) => {
  expect(() => some.where(value as never)).toThrow(
    "where(…): not a predicate — give eq(…), inList(…) or another; an output can stand for its value",
  );
});

test("a list may be spread", () => {
  const [columns, filters] = [
    ["a", "b"],
    [eq("a", 1), eq("b", 2)],
  ];
  const query = select(...columns)
    .where(...filters)
    .groupBy(...columns)
    .orderBy(...columns)
    .where(and(...filters));
  expect(JSON.parse(JSON.stringify(query))).toMatchObject({ columns: [{ name: "a" }, { name: "b" }] });
});

/** Paths of the faults of a query whose outputs turned out to hold nothing. */
async function faults(query: QueryInput): Promise<string[]> {
  const result = await normalizeQuery(await resolved(query));
  return result.ok ? [] : result.failures.map(({ path }) => path);
}

test("an output that turns out to hold nothing is a fault wherever it stands", async () => {
  const later = pulumi.output(Promise.resolve(undefined)) as never;
  const laterList = pulumi.output(Promise.resolve([1, undefined])) as never;
  const promised = Promise.resolve(undefined) as never;
  expect(await faults(some.limit(later))).toEqual(["query.limit"]);
  expect(await faults(some.limit(promised))).toEqual(["query.limit"]);
  expect(await faults(some.limit(1).offset(later))).toEqual(["query.offset"]);
  expect(await faults(some.where(eq("a", later)))).toEqual(["query.where.right"]);
  expect(await faults(some.where(eq(later, 1)))).toEqual(["query.where.left.name"]);
  expect(await faults(some.where(inList("a", later)))).toEqual(["query.where.values"]);
  expect(await faults(some.where(inList("a", laterList)))).toEqual(["query.where.values[1]"]);
  expect(await faults(some.where(inList("a", [1, later])))).toEqual(["query.where.values[1]"]);
  expect(await faults(some.where(between("a", 1, later)))).toEqual(["query.where.to"]);
  expect(await faults(some.where(eq("a", text(later))))).toEqual(["query.where.right.value"]);
  expect(await faults(some.where(eq("a", datetime(later))))).toEqual(["query.where.right.value"]);
  expect(await faults(some.groupBy(later))).toEqual(["query.groupBy[0].name"]);
  expect(await faults(select(later))).toEqual(["query.columns[0].name"]);
});
