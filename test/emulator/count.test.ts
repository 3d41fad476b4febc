import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Oracle, openOracle } from "../support/oracle";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo } from "./domo-call";
import { column, options, sales, text } from "./small-dataset";

let emulator: Emulator;
let oracle: Oracle;
const path = "/api/query/v1/execute/sales";
const west = { exprType: "EQUALS", leftExpr: column("Région"), rightExpr: text("West") };
const id = [column("Order ID")];

beforeAll(async () => {
  emulator = await startEmulator(options);
  oracle = await openOracle(sales);
});
beforeEach(() => emulator.control.reset());
afterAll(async () => {
  oracle.close();
  await emulator.close();
});

function body(fromQuery: object) {
  const one = { exprType: "NUMERIC_VALUE", value: 1 };
  return {
    context: { calendar: "StandardCalendar", features: { AllowNullValues: true, PerformTimeZoneConversion: true } },
    query: {
      columns: [{ exprType: "FUNCTION", name: "COUNT", arguments: [one] }],
      fromQuery: { columns: id, groupByColumns: [], having: null, ...fromQuery },
      limit: { limit: 1 },
    },
    querySource: "judoTable-rowCount",
  };
}

async function count(fromQuery: object, token?: string) {
  const answer = await domo(emulator.url, path, { body: body(fromQuery), token });
  const { rows, message } = answer.body as { rows?: unknown[][]; message?: string };
  return { status: answer.status, count: rows?.[0]?.[0], message };
}

test.each<[string, object]>([
  [`SELECT "Order ID" FROM dataset`, {}],
  [`SELECT "Order ID" FROM dataset WHERE "Région" = 'West'`, { where: west }],
  [`SELECT "Order ID" FROM dataset WHERE "Région" = 'nowhere'`, { where: { ...west, rightExpr: text("nowhere") } }],
  [
    `SELECT "Région" FROM dataset GROUP BY "Région"`,
    { columns: [column("Région")], groupByColumns: [column("Région")] },
  ],
  [
    `SELECT count("Day") FROM dataset`,
    { columns: [{ exprType: "FUNCTION", name: "COUNT", distinct: false, arguments: [column("Day")] }] },
  ],
  [
    `SELECT Day, Day FROM dataset ORDER BY Day`,
    {
      columns: [column("Day"), column("Day")],
      orderByColumns: [{ expression: column("Day"), order: "ASCENDING" }],
    },
  ],
])("the count is that of the rows of %s", async (sql, fromQuery) => {
  expect((await count(fromQuery)).count).toBe((await oracle.run(sql)).rows.length);
});

test("the answer is one row whose only value is the count, number or text, true or not", async () => {
  const { body: answer } = await domo(emulator.url, path, { body: body({}) });
  expect(answer).toMatchObject({ rows: [[4]], numRows: 1, numColumns: 1, fromcache: false });
  await emulator.control.setOptions({ countAs: "text", countRows: -5 });
  expect((await domo(emulator.url, path, { body: body({}) })).body).toMatchObject({
    rows: [["-1"]],
    fromcache: "false",
  });
});

test("a caller's row policies apply, and new data counts at once", async () => {
  await emulator.control.putUser({ token: "all", id: 9, displayName: "All", datasetAdmin: true });
  const policies = [
    { filterGroupId: 1, name: "W", type: "user", userIds: [7], parameters: [{ name: "Région", values: ["West"] }] },
    { filterGroupId: 2, name: "All", type: "open", userIds: [9] },
  ] as const;
  await emulator.control.setPdp({ dataset: "sales", pdp: { enabled: true, policies } });
  expect([(await count({})).count, (await count({}, "all")).count]).toEqual([2, 4]);
  const row = [5, "West", null, null, null, null, null];
  await emulator.control.advanceData({ dataset: "sales", append: [row] });
  expect([(await count({})).count, (await count({}, "all")).count]).toEqual([3, 5]);
});

test("counts hold while the data moves on again and again", async () => {
  const advances = (async () => {
    for (let step = 0; step < 40; step += 1) await emulator.control.advanceData({ dataset: "sales", append: [] });
  })();
  const counts = await Promise.all(Array.from({ length: 60 }, () => count({})));
  await advances;
  expect(new Set(counts.map((one) => one.count))).toEqual(new Set([4]));
});

test("a limit inside fromQuery is refused or ignored, never honoured", async () => {
  const limit = { limit: 1, offset: 2 };
  expect(await count({ limit })).toMatchObject({ status: 400, message: "A limit inside fromQuery is not supported" });
  await emulator.control.setOptions({ innerLimit: "ignore" });
  expect(await count({ limit })).toMatchObject({ status: 200, count: 4 });
});

test("counts can be refused, and what is no count or not allowed is", async () => {
  expect(await count({}, "other-token")).toMatchObject({ status: 403 });
  expect(await count({ columns: [column("order id")] })).toMatchObject({
    status: 400,
    message: 'Unknown column "order id"',
  });
  expect(await domo(emulator.url, path, { body: { query: { columns: id } } })).toMatchObject({ status: 400 });
  await emulator.control.setOptions({ executeStatus: 404 });
  expect(await count({})).toMatchObject({ status: 404, message: "Queries are not answered" });
  await emulator.control.setOptions({ executeStatus: null });
  await emulator.control.removeDataset("sales");
  expect(await count({})).toMatchObject({ status: 404, message: "There is no dataset sales in this instance" });
  expect(await emulator.control.countRequests({ dataset: "sales", path: "/execute/", status: 404 })).toBe(2);
});
