import { afterAll, beforeAll, expect, test } from "vitest";
import { type Oracle, openOracle } from "../support/oracle";
import { type Emulator, startEmulator } from "../../emulator/server";
import { column, number, options, sales, text } from "./small-dataset";

let emulator: Emulator;
let oracle: Oracle;

beforeAll(async () => {
  emulator = await startEmulator(options);
  oracle = await openOracle(sales);
});
afterAll(async () => {
  oracle.close();
  await emulator.close();
});

const id = [column("Order ID")];
const where = (exprType: string, rest: object) => ({ columns: id, where: { exprType, ...rest } });
const compare = (exprType: string, name: string, rightExpr: object, rest: object = {}) =>
  where(exprType, { leftExpr: column(name), rightExpr, ...rest });

test.each<[string, object]>([
  [`"Région" = 'Île'`, compare("EQUALS", "Région", text("Île"))],
  [`"Région" <> 'West'`, compare("EQUALS", "Région", text("West"), { not: true })],
  [`"The ""Note""" = ''`, compare("EQUALS", 'The "Note"', text(""))],
  [`"The ""Note""" = 'x''; --'`, compare("EQUALS", 'The "Note"', text("x'; --"))],
  [`Sales = 0.1`, compare("EQUALS", "Sales", number(0.1))],
  [`Rate = 0.1`, compare("EQUALS", "Rate", number(0.1))],
  [`Sales > 10`, compare("GREATER_THAN", "Sales", number(10))],
  [`Sales < 1e300`, compare("LESS_THAN", "Sales", number(1e300))],
  [`10.5 <= Sales`, where("LESS_THAN_OR_EQUAL_TO", { leftExpr: number(10.5), rightExpr: column("Sales") })],
  [`Day >= '2024-01-02 00:00:00'`, compare("GREATER_THAN_OR_EQUAL_TO", "Day", text("2024-01-02 00:00:00"))],
  [`"At" > '2024-01-01 08:00:00'`, compare("GREATER_THAN", "At", text("2024-01-01 08:00:00"))],
  [
    `"Order ID" IN (1, 3, 9)`,
    where("IN", { leftExpr: id[0], not: false, selectSet: [number(1), number(3), number(9)] }),
  ],
  [
    `"Région" NOT IN ('West', 'East')`,
    where("IN", { leftExpr: column("Région"), not: true, selectSet: [text("West"), text("East")] }),
  ],
  [
    `Day BETWEEN '2024-01-01 00:00:00' AND '2024-01-02 00:00:00'`,
    where("BETWEEN", {
      leftExpr: column("Day"),
      betweenStart: text("2024-01-01 00:00:00"),
      betweenEnd: text("2024-01-02 00:00:00"),
    }),
  ],
])("where %s", async (sql, query) => {
  const { csv } = await oracle.run(`SELECT "Order ID" FROM dataset WHERE ${sql}`);
  expect((await emulator.control.evaluate({ dataset: "sales", query })).csv).toBe(csv);
});

test("groups, counts, order, limit and a long chain of ANDs", async () => {
  const count = (distinct: boolean) => ({ exprType: "FUNCTION", name: "COUNT", distinct, arguments: [column("At")] });
  const one = { exprType: "GREATER_THAN", leftExpr: id[0], rightExpr: number(0) };
  const chain = Array.from({ length: 500 }, () => one as object).reduce((leftExpr, rightExpr) => {
    return { exprType: "AND", leftExpr, rightExpr };
  });
  const query = {
    columns: [column("Région"), count(false), count(true)],
    groupByColumns: [column("Région")],
    orderByColumns: [{ expression: column("Région"), order: "DESCENDING" }],
    where: chain,
    limit: { limit: 2, offset: 1 },
  };
  const { columns, rows } = await emulator.control.evaluate({ dataset: "sales", query });
  expect(columns).toEqual(["Région", 'count("At")', 'count(DISTINCT "At")']);
  expect(rows).toEqual([
    ["West", "1", "1"],
    ["East", "1", "1"],
  ]);
});

test.each<[string, object, string]>([
  ["OR", where("OR", { leftExpr: id[0], rightExpr: id[0] }), "Invalid query: where.exprType"],
  ["NOT_EQUALS", compare("NOT_EQUALS", "Day", text("x")), "Invalid query: where.exprType"],
  ["LIKE", compare("LIKE", "Région", text("W%")), "Invalid query: where.exprType"],
  ["not on a comparison", compare("LESS_THAN", "Sales", number(1), { not: true }), "Invalid query: where"],
  ["SUM", { columns: [{ exprType: "FUNCTION", name: "SUM", arguments: id }] }, "Invalid query: columns.0.name"],
  ["no columns", { columns: [] }, "Invalid query: columns"],
  ["an empty IN", where("IN", { leftExpr: id[0], selectSet: [] }), "Invalid query: where.selectSet"],
  ["an unknown clause", { columns: id, having: {} }, "Invalid query: body"],
  ["a column outside of the groups", { columns: id, groupByColumns: [column("Day")] }, 'Column "Order ID" is not in'],
  ["a date with T", compare("EQUALS", "Day", text("2024-01-02T00:00:00")), "A date or time must be a STRING_VALUE"],
  ["a date that does not exist", compare("EQUALS", "Day", text("2024-02-30 00:00:00")), "A date or time must be"],
  ["text against a number", compare("EQUALS", "Sales", text("much")), "Text cannot be compared with a number"],
  ["a number against text", compare("EQUALS", "Région", number(1)), "A number cannot be compared with text"],
  ["an injected name", { columns: [column('Day" FROM sales --')] }, 'Unknown column "Day" FROM sales --"'],
])("%s is refused", async (_, query, message) => {
  await expect(emulator.control.evaluate({ dataset: "sales", query })).rejects.toThrow(message);
});
