import ts from "typescript";
import { expect, test } from "vitest";
import { rowType, typeName } from "../../provider/query/build/row-type";

test("a row type has every column under its exact name", () => {
  const columns = [
    { name: "Order ID", type: "LONG" },
    { name: 'Größe "XL"', type: "STRING" },
    { name: "Sales", type: "DECIMAL" },
    { name: "Rate", type: "DOUBLE" },
    { name: "Order Date", type: "DATE" },
    { name: "Shipped At", type: "DATETIME" },
    { name: "Later", type: "BLOB" },
  ];
  expect(rowType({ name: "sales orders (EU)", columns }))
    .toBe(`/** The columns of the Domo dataset "sales orders (EU)". */
export interface SalesOrdersEu {
  /** LONG */
  "Order ID": number;
  /** STRING */
  "Größe \\"XL\\"": string;
  /** DECIMAL */
  "Sales": number;
  /** DOUBLE */
  "Rate": number;
  /** DATE */
  "Order Date": Date;
  /** DATETIME */
  "Shipped At": Date;
  /** BLOB */
  "Later": unknown;
}
`);
});

test("no name leaves its place", () => {
  const names = [
    "*/ export const x = 1; /*",
    '"; }',
    "a\nb",
    "\u2028",
    "\\",
    "日本語",
    "🦜",
    "__proto__",
    "\u202e",
    "${x}",
    "`",
  ];
  const text = rowType({
    name: "*/ }\nexport const y = 1;",
    columns: names.map((name) => ({ name, type: "STRING */" })),
  });
  const file = ts.createSourceFile("row.ts", text, ts.ScriptTarget.ES2022, true);
  expect((file as unknown as { parseDiagnostics: unknown[] }).parseDiagnostics).toEqual([]);
  expect(file.statements).toHaveLength(1);
  const [row] = file.statements as unknown as ts.InterfaceDeclaration[];
  expect(row!.members.map((member) => (member.name as ts.StringLiteral).text)).toEqual(names);
});

test("a column that occurs twice is left out with its reason", () => {
  const columns = [
    { name: "a", type: "LONG" },
    { name: "a", type: "STRING" },
  ];
  expect(rowType({ name: "x", columns })).toContain(
    `"a": number;\n  // "a" occurs again; a query can't name it until it is renamed in Domo\n}`,
  );
});

test.each([
  ["sales orders (EU)", "SalesOrdersEu"],
  ["ORDERS", "ORDERS"],
  ["2024 orders", "Dataset2024Orders"],
  ["Größen", "Größen"],
  ["日本", "日本"],
  ["🦜", "Dataset"],
  ["", "Dataset"],
])("the dataset %j gives the type %s", (name, expected) => {
  expect(typeName(name)).toBe(expected);
});
