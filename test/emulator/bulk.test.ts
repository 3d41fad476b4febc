import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo } from "./domo-call";
import { options, reader, sales } from "./small-dataset";

let emulator: Emulator;
const path = "/api/data/v3/datasources/bulk";
const all = `${path}?includePrivate=true&includeAllDetails=true`;

beforeAll(async () => {
  const datasets = ["sales", "second", "hidden"].map((id) => ({ ...sales, id, name: `The ${id}` }));
  const users = [{ ...reader, datasets: { sales: "READ", second: "WRITE" } }];
  emulator = await startEmulator({ ...options, datasets, users });
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

async function read(body: unknown, address = all) {
  const answer = await domo(emulator.url, address, { body });
  const { dataSources, message } = answer.body as { dataSources?: Record<string, unknown>[]; message?: string };
  return { status: answer.status, dataSources, message };
}

test("many datasets are read at once; what is unknown or may not be read is left out without a word", async () => {
  const { status, dataSources = [] } = await read(["second", "missing", "hidden", "sales", "sales"]);
  expect(status).toBe(200);
  expect(dataSources.map(({ id }) => id)).toEqual(["sales", "second"]);
  for (const id of ["sales", "second"]) {
    const { body } = await domo(emulator.url, `/api/data/v3/datasources/${id}`);
    expect(dataSources.find((one) => one.id === id)).toEqual({ ...(body as object), tags: "[]" });
  }
});

test("a hundred ids are read, more are refused, and so is what is no list of ids", async () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => (index === 0 ? "sales" : `id-${index}`));
  expect((await read(ids(100))).dataSources).toHaveLength(1);
  expect(await read(ids(101))).toMatchObject({ status: 400, message: "At most 100 datasets can be read at once" });
  expect(await read({ ids: ["sales"] })).toMatchObject({ status: 400 });
});

test("parts limit the fields; parts and all details exclude each other", async () => {
  const fields = async (part: string) =>
    Object.keys((await read(["sales"], path + part)).dataSources?.[0] ?? {}).sort();
  const core = ["id", "lastTouched", "lastUpdated", "name", "owner"];
  expect(await fields("")).toEqual(core);
  expect(await fields("?part=rowcolcount,status")).toEqual(["columnCount", "id", "rowCount", "status"]);
  expect(await fields("?includePrivate=true&part=core,permission,certification")).toEqual(
    [...core, "permissions"].sort(),
  );
  expect(await read(["sales"], `${path}?part=core&includeAllDetails=true`)).toMatchObject({
    status: 400,
    message: "part and includeAllDetails exclude each other",
  });
});

test("the answer may be a bare array, with empty or with real columns", async () => {
  await emulator.control.setOptions({ bulkShape: "array", bulkColumns: "empty", dataLastUpdated: "present" });
  const number = expect.any(Number) as number;
  expect((await domo(emulator.url, all, { body: ["sales"] })).body).toMatchObject([
    { id: "sales", schema: { tables: [] }, dataLastUpdated: number },
  ]);
  await emulator.control.setOptions({ bulkShape: "object", bulkColumns: "present" });
  const [entry] = (await read(["sales"])).dataSources ?? [];
  const { tables } = entry?.schema as { tables: { columns: { name: string; type: string }[] }[] };
  expect(tables.map(({ columns }) => columns.map(({ name, type }) => ({ name, type })))).toEqual([sales.columns]);
});

test("bulk reads can be refused, limited and struck; the log shows how many ids were asked for", async () => {
  await emulator.control.setOptions({ bulkStatus: 405 });
  expect(await read(["sales", "x"])).toMatchObject({ status: 405 });
  await emulator.control.setOptions({ bulkStatus: null });
  await emulator.control.inject({ path: "/bulk$", fault: { kind: "answer", status: 503, body: {} } });
  expect(await read(["sales"])).toMatchObject({ status: 503 });
  await emulator.control.setOptions({ requestsPerSecond: 1 });
  expect([(await read([])).status, (await read(["sales"])).status]).toEqual([200, 429]);
  await emulator.control.setOptions({ requestsPerSecond: 0 });
  await domo(emulator.url, "/api/data/v3/datasources/sales");
  const log = await emulator.control.requests();
  expect(log.map(({ method, dataset, ids, status, fault }) => [method, dataset, ids, status, fault])).toEqual([
    ["POST", null, 2, 405, null],
    ["POST", null, null, 503, "answer"],
    ["POST", null, 0, 200, null],
    ["POST", null, null, 429, null],
    ["GET", "sales", null, 200, null],
  ]);
});

test("an unknown token is refused, and a removed dataset is left out", async () => {
  expect(await domo(emulator.url, all, { body: ["sales"], token: "wrong" })).toMatchObject({ status: 401 });
  await emulator.control.removeDataset("sales");
  expect((await read(["sales", "second"])).dataSources).toMatchObject([{ id: "second" }]);
});
