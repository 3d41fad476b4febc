import { expect, test } from "vitest";
import { and, count, desc, eq, inList, raw, select } from "../../provider/query/build/builder";
import { queryColumns } from "../../provider/query/columns";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { UNKNOWN } from "../../provider/host/unknown";

async function named(query: unknown) {
  const result = await normalizeQuery(query);
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  return queryColumns(result.query);
}

test("every column that a query names is found, in the order of first mention, with what it is there for", async () => {
  const query = select("Order ID", count("Customer"))
    .where(and(eq("Year", 2026), inList("Region", ["West"])))
    .groupBy("Order ID")
    .orderBy(desc("Order ID"));
  expect(await named(query)).toEqual([
    { name: "Order ID", exported: true, raw: false },
    { name: "Customer", exported: false, raw: false },
    { name: "Year", exported: false, raw: false },
    { name: "Region", exported: false, raw: false },
    { name: "Order ID", exported: false, raw: false },
    { name: "Order ID", exported: false, raw: false },
  ]);
});

test("raw JSON can't hide a column, whatever stands next to it", async () => {
  const hidden = (name: string) => ({ kind: "column", name: "Harmless", exprType: "COLUMN", column: name });
  const query = select("a", raw(hidden("SSN"))).where(
    raw({ kind: "raw", json: {}, any: [{ kind: "text", deep: { kind: "count", column: hidden("Salary") } }] }),
    eq("b", raw(hidden("Pay"))),
  );
  expect(await named(query)).toEqual([
    { name: "a", exported: true, raw: false },
    { name: "SSN", exported: true, raw: true },
    { name: "Salary", exported: false, raw: true },
    { name: "b", exported: false, raw: false },
    { name: "Pay", exported: false, raw: true },
  ]);
});

test("values are no columns, and what is not known yet is left out", async () => {
  const query = select("a", UNKNOWN).where(eq(UNKNOWN, "column"), eq("b", "Region"), raw({ column: UNKNOWN }));
  expect((await named(query)).map(({ name }) => name)).toEqual(["a", "b"]);
  for (const none of [undefined, null, UNKNOWN, {}, { columns: UNKNOWN }]) expect(queryColumns(none)).toEqual([]);
});
