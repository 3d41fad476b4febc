import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo } from "./domo-call";
import { options, sales } from "./small-dataset";

let emulator: Emulator;
const policy = {
  filterGroupId: 3,
  name: "West",
  type: "user",
  userIds: [7],
  parameters: [{ name: "Région", values: ["West"] }],
} as const;
const everything = { filterGroupId: 4, name: "All Rows", type: "open", userIds: [1] } as const;

beforeAll(async () => {
  const columns = sales.columns.map((column) => ({ ...column, visible: column.name !== "Rate" }));
  const pdp = { enabled: true, policies: [policy, everything] };
  emulator = await startEmulator({
    ...options,
    datasets: [{ ...sales, columns, pdp, owner: { id: 5, name: "Olga" } }],
  });
});
afterAll(() => emulator.close());

async function read(path: string): Promise<unknown> {
  const { status, body } = await domo(emulator.url, path);
  expect(status).toBe(200);
  return body;
}

test("users/me tells the token's user", async () => {
  expect(await read("/api/content/v2/users/me")).toEqual({ id: 7, displayName: "Reader", roleId: 2 });
});

test("a dataset's facts and data versions follow its data", async () => {
  const facts = {
    id: "sales",
    name: "Sales",
    columnCount: 7,
    owner: { id: 5, name: "Olga" },
    permissions: "READ_SHARE",
  };
  expect(await read("/api/data/v3/datasources/sales")).toMatchObject({ ...facts, rowCount: 4, status: "SUCCESS" });
  const row = [5, "South", "new", "1", "2024-02-01", "2024-02-01 00:00:00", 0];
  await emulator.control.advanceData({ dataset: "sales", append: [row] });
  expect(await read("/api/data/v3/datasources/sales")).toMatchObject({ rowCount: 5 });
  expect(await read("/api/data/v2/datasources/sales/dataversions")).toMatchObject([
    { dataId: 2, numRows: 5 },
    { dataId: 1, numRows: 4 },
  ]);
});

test("the schema shows visible columns, all of them on request, and follows renames", async () => {
  const path = "/api/query/v1/datasources/sales/schema/indexed?includeHidden=";
  const names = async (hidden: boolean) =>
    ((await read(path + hidden)) as { tables: [{ columns: { name: string }[] }] }).tables[0].columns.map((c) => c.name);
  expect(await names(true)).toEqual(sales.columns.map(({ name }) => name));
  expect(await names(false)).not.toContain("Rate");
  await emulator.control.advanceData({
    dataset: "sales",
    renameColumn: { from: "Day", to: 'The "Day"' },
    dropColumn: "At",
  });
  const left = ["Order ID", "Région", 'The "Note"', "Sales", 'The "Day"', "Rate"];
  expect(await names(true)).toEqual(left);
});

test("policies are told as far as the options ask", async () => {
  const path = "/api/query/v1/data-control/sales/filter-groups";
  const filter = { type: "COLUMN", operator: "EQUALS", name: "Région", values: ["West"], not: false };
  expect(await read(`${path}?options=load_associations,load_filters,include_open_policy`)).toEqual([
    { filterGroupId: 3, name: "West", type: "user", userIds: [7], groupIds: [], parameters: [filter] },
    { filterGroupId: 4, name: "All Rows", type: "open", userIds: [1], groupIds: [], parameters: [] },
  ]);
  expect(await read(path)).toEqual([{ filterGroupId: 3, name: "West", type: "user", parameters: [] }]);
});

test("details of data versions show when rows and when columns changed, ids as number or text", async () => {
  await emulator.control.reset();
  const path = "/api/data/v3/datasources/sales/dataversions/details";
  await emulator.control.advanceData({ dataset: "sales", rows: [] });
  await emulator.control.advanceData({ dataset: "sales", dropColumn: "At" });
  const number = expect.any(Number) as number;
  const facts = { datetimeRecorded: number, sizeBytes: number, status: "ACTIVE" };
  expect(await read(path)).toEqual([
    { ...facts, dataVersionId: 3, schemaId: 2, rowCount: 0 },
    { ...facts, dataVersionId: 2, schemaId: 1, rowCount: 0 },
    { ...facts, dataVersionId: 1, schemaId: 1, rowCount: 4 },
  ]);
  await emulator.control.setOptions({ versionIds: "text" });
  expect(await read(path)).toMatchObject([
    { dataVersionId: "3", schemaId: "2" },
    { dataVersionId: "2" },
    { dataVersionId: "1" },
  ]);
});

test("a removed dataset is 404 everywhere", async () => {
  await emulator.control.removeDataset("sales");
  const paths = [
    "data/v3/datasources/sales",
    "data/v3/datasources/sales/dataversions/details",
    "data/v2/datasources/sales/dataversions",
    "query/v1/datasources/sales/schema/indexed",
    "query/v1/data-control/sales/filter-groups",
    "query/v1/export/sales",
  ];
  for (const path of paths) expect(await domo(emulator.url, `/api/${path}`)).toMatchObject({ status: 404 });
  await emulator.control.reset();
  expect(await domo(emulator.url, `/api/${paths[0]}`)).toMatchObject({ status: 200 });
});

test("a rename moves lastUpdated, new data moves dataLastUpdated too; each can be absent, the latter zero", async () => {
  const facts = async () => (await read("/api/data/v3/datasources/sales")) as Record<string, unknown>;
  await emulator.control.advanceData({ dataset: "sales" });
  const before = await facts();
  expect(before).not.toHaveProperty("dataLastUpdated");
  await emulator.control.setOptions({ dataLastUpdated: "present", clockSkewMs: 60_000 });
  await emulator.control.renameDataset({ dataset: "sales", name: "Renamed" });
  const renamed = await facts();
  expect(renamed).toMatchObject({ name: "Renamed", dataLastUpdated: before.lastUpdated });
  expect(renamed.lastUpdated).toBeGreaterThan(before.lastUpdated as number);
  await emulator.control.advanceData({ dataset: "sales" });
  const moved = await facts();
  expect(moved.dataLastUpdated).toBe(moved.lastUpdated);
  await emulator.control.setOptions({ dataLastUpdated: "zero", lastUpdated: "absent" });
  const last = await facts();
  expect(last.dataLastUpdated).toBe(0);
  expect(last).not.toHaveProperty("lastUpdated");
});
