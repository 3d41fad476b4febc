import { expect, test } from "vitest";
import { between, count, datetime, desc, eq, gt, inList, raw, select } from "../../provider/query/build/builder";
import type { Predicate, QueryInput } from "../../provider/query/build/input";
import { checkQuery } from "../../provider/query/check/columns";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";
import { fitDates } from "../../provider/query/check/value-type";
import { UNKNOWN } from "../../provider/host/unknown";

const orders = {
  name: "Orders",
  columns: [
    { name: "Order ID", type: "LONG" },
    { name: "Region", type: "STRING" },
    { name: "Sales", type: "DECIMAL" },
    { name: "Order Date", type: "DATE" },
    { name: "Shipped At", type: "DATETIME" },
    { name: "Größe", type: "STRING" },
    { name: "Twice", type: "STRING" },
    { name: "Twice", type: "LONG" },
    { name: "Later", type: "BLOB" },
  ],
};

async function canonical(query: QueryInput) {
  const result = await normalizeQuery(JSON.parse(JSON.stringify(query)));
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  return result.query;
}

async function faults(query: QueryInput): Promise<string[]> {
  return checkQuery(await canonical(query), orders).map(({ path, reason }) => `${path}: ${reason}`);
}

const where = (...predicates: Predicate[]) => select("Region").where(...predicates);
const hasNo = (name: string) => `the dataset "Orders" has no column ${JSON.stringify(name)}`;

test("an unknown column is reported with what was probably meant, wherever it stands", async () => {
  expect(await faults(where(eq("Regoin", "West")))).toEqual([
    `query.where.left: ${hasNo("Regoin")}; did you mean "Region"?`,
  ]);
  expect(await faults(where(eq("Region", "West"), eq("region", "x")))).toEqual([
    `query.where.terms[1].left: ${hasNo("region")}; did you mean "Region"?`,
  ]);
  expect(await faults(select("order_id").groupBy("order_id").orderBy(desc("order_id")))).toEqual([
    `query.columns[0]: ${hasNo("order_id")}; did you mean "Order ID"?`,
    `query.groupBy[0]: ${hasNo("order_id")}; did you mean "Order ID"?`,
    `query.orderBy[0]: ${hasNo("order_id")}; did you mean "Order ID"?`,
  ]);
  expect(await faults(select(count("Slaes"), count("Grosse")))).toEqual([
    `query.columns[0].column: ${hasNo("Slaes")}; did you mean "Sales"?`,
    `query.columns[1].column: ${hasNo("Grosse")}; did you mean "Größe"?`,
  ]);
});

test("without a likely meaning the columns are named", async () => {
  expect(await faults(select("Weather"))).toEqual([
    `query.columns[0]: ${hasNo("Weather")}; it has "Order ID", "Region", "Sales", "Order Date", "Shipped At" and 4 more`,
  ]);
  expect(checkQuery(await canonical(select("a")), { name: "Empty", columns: [] })[0]?.reason).toBe(
    'the dataset "Empty" has no column "a"; it has no columns at all',
  );
});

test("a name that two columns have is ambiguous", async () => {
  expect(await faults(select("Twice"))).toEqual([
    'query.columns[0]: the dataset "Orders" has 2 columns called "Twice", so that the name is ambiguous; rename one of them in Domo',
  ]);
});

test.each<[Predicate, string]>([
  [eq("Region", 5), 'query.where.right: 5 is a number, but the column "Region" is STRING; write it as text: "5"'],
  [
    gt("Sales", "9.5"),
    'query.where.right: "9.5" is text, but the column "Sales" is DECIMAL; write a number without quotes: 9.5',
  ],
  [eq("Order ID", "West"), 'query.where.right: "West" is text, but the column "Order ID" is LONG; write a number'],
  [
    inList("Order ID", ["a", "2"]),
    'query.where.values[0]: "a" is text, but the column "Order ID" is LONG; write a number',
  ],
  [
    gt("Order Date", 20240131),
    'query.where.right: 20240131 is a number, but the column "Order Date" is DATE; write a date: datetime("2024-01-31")',
  ],
  [
    gt("Shipped At", "yesterday"),
    'query.where.right: "yesterday" is not a date; write YYYY-MM-DD or YYYY-MM-DD HH:mm:ss, as the column "Shipped At" is DATETIME',
  ],
  [
    eq("Order Date", datetime("2024-01-31T10:00:00")),
    'query.where.right: "2024-01-31 10:00:00" has a time of day, but the column "Order Date" is DATE; write the day alone: "2024-01-31"',
  ],
  [
    eq("Order Date", "2024-01-31T23:00:00-05:00"),
    'query.where.right: "2024-01-31T23:00:00-05:00" has a time of day (in UTC: 2024-02-01 04:00:00), but the column "Order Date" is DATE; write the day alone: "2024-02-01"',
  ],
  [
    between("Shipped At", "2024-01-31T23:00:00-05:00", "2024-02-01T00:00:00Z"),
    'query.where: the bounds are the wrong way round, so that nothing could match; write "2024-02-01T00:00:00Z" first and "2024-01-31T23:00:00-05:00" second',
  ],
])("a value that does not fit its column is refused (%#)", async (predicate, expected) => {
  const found = await faults(where(predicate));
  expect(found[0]).toBe(expected);
});

test("values that fit are accepted", async () => {
  const fine = where(
    eq("Region", "2024-01-31 10:00:00"),
    eq("Sales", 9.5),
    gt("Order Date", "2024-01-31"),
    gt("Order Date", datetime("2024-01-31")),
    gt("Shipped At", "2024-01-31T10:00:00Z"),
    eq("Later", 5),
    eq("Later", "x"),
    raw({ exprType: "ANYTHING" }),
    eq("Sales", raw({})),
  );
  expect(await faults(fine)).toEqual([]);
});

test("what a preview does not know yet is left for later", async () => {
  expect(
    await faults(
      select(UNKNOWN).where(eq(UNKNOWN, 5), eq("Sales", UNKNOWN), between("Order Date", UNKNOWN, "2024-01-01")),
    ),
  ).toEqual([]);
});

test("dates written as text get Domo's form where the column holds dates, and only there", async () => {
  const query = await canonical(
    where(
      eq("Order Date", "2024-01-31"),
      inList("Shipped At", ["2024-01-31T10:00:00+02:00", "2024-01-31"]),
      between("Shipped At", "2024-01-31T10:00", datetime("2024-02-01")),
      eq("Region", "2024-01-31T10:00:00"),
    ),
  );
  const fitted = fitDates(query, orders.columns);
  expect(render(fitted).split("\n").slice(3)).toEqual([
    "WHERE \"Order Date\" = '2024-01-31 00:00:00'",
    "  AND \"Shipped At\" IN ('2024-01-31 08:00:00', '2024-01-31 00:00:00')",
    "  AND \"Shipped At\" BETWEEN '2024-01-31 10:00:00' AND '2024-02-01 00:00:00'",
    "  AND \"Region\" = '2024-01-31T10:00:00'",
  ]);
  expect(fitDates(fitted, orders.columns)).toStrictEqual(fitted);
  expect(await canonical(fitted)).toStrictEqual(fitted);
});
