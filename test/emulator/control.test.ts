import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { emulatorControlClient, type EmulatorControlClient } from "../../emulator/control-client";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo } from "./domo-call";
import { column, exportBody, options } from "./small-dataset";

let emulator: Emulator;
let control: EmulatorControlClient;
const exportPath = "/api/query/v1/export/sales";

beforeAll(async () => {
  emulator = await startEmulator({ ...options, exportSeconds: 60 });
  control = emulatorControlClient(emulator.url);
});
beforeEach(() => control.reset());
afterAll(() => emulator.close());

test("the log tells calls, users, status and load, never a token or a body", async () => {
  await domo(emulator.url, exportPath, { body: exportBody() });
  await control.inject({ method: "GET", fault: { kind: "delay", ms: 100 }, times: 3 });
  await Promise.all([1, 2, 3].map(() => domo(emulator.url, exportPath)));
  await domo(emulator.url, exportPath, { token: "wrong" });
  const log = await control.requests();
  expect(log.map(({ method, status, userId, fault }) => [method, status, userId, fault])).toEqual([
    ["POST", 200, 7, null],
    ["GET", 200, 7, "delay"],
    ["GET", 200, 7, "delay"],
    ["GET", 200, 7, "delay"],
    ["GET", 401, null, null],
  ]);
  expect(log.map(({ inFlight }) => inFlight)).toEqual([1, 1, 2, 3, 1]);
  expect(await control.load()).toEqual({ inFlight: 0, peakInFlight: 3 });
  expect(await control.countRequests({ method: "GET", dataset: "sales", afterId: log[1]?.id })).toBe(3);
  expect(JSON.stringify(log)).not.toMatch(/SECRET|reader-token|wrong/);
});

test("the emulator knows what was asked, and keeps no credentials", async () => {
  await domo(emulator.url, exportPath, { body: exportBody() });
  const exports = await control.exports({ dataset: "sales" });
  const order = { path: "team/sales", region: "eu-west-3", queryRequest: { query: { columns: [column("Order ID")] } } };
  expect(exports).toMatchObject([{ status: "none", userId: 7, order }]);
  expect(JSON.stringify(exports)).not.toContain("SECRET");
});

test("datasets, users and rights can be changed over HTTP", async () => {
  await control.putUser({ token: "other-token", id: 8, displayName: "Other", datasets: { new: "ADMIN" } });
  await control.putDataset({ id: "new", name: "New", columns: [{ name: "A", type: "LONG" }], rows: [[1], [null]] });
  const path = "/api/data/v3/datasources/new";
  const facts = { rowCount: 2, permissions: "READ_WRITE_DELETE_SHARE_ADMIN" };
  expect(await domo(emulator.url, path, { token: "other-token" })).toMatchObject({ status: 200, body: facts });
  await control.removeDataset("new");
  expect(await domo(emulator.url, path, { token: "other-token" })).toMatchObject({ status: 404 });
  await control.removeUser("other-token");
  expect(await domo(emulator.url, path, { token: "other-token" })).toMatchObject({ status: 401 });
});

test("an export keeps the rows it started with while the data moves on", async () => {
  await control.startForeignExport({ dataset: "sales", bucket: "b" });
  await control.advanceData({ dataset: "sales", rows: [] });
  const [record] = await control.exports();
  await control.finishExport({ exportId: record?.exportId ?? "" });
  expect(await control.exports()).toMatchObject([{ status: "success", dataId: 1 }]);
  const query = { columns: [column("Order ID")] };
  expect((await control.evaluate({ dataset: "sales", query })).rows).toEqual([]);
});

test("what cannot be done is refused with the reason", async () => {
  const message = (method: string, reason: string) => `Control of the emulator, ${method}: 400 ${reason}`;
  const option = control.setOptions({ exportSecond: 1 } as never);
  await expect(option).rejects.toThrow(message("setOptions", "Not an option of the emulator: exportSecond"));
  const unknown = control.forgetExport("x");
  await expect(unknown).rejects.toThrow(message("forgetExport", 'There is no export "x"'));
  await control.startForeignExport({ dataset: "sales", bucket: "b" });
  const second = control.startForeignExport({ dataset: "sales", bucket: "b" });
  await expect(second).rejects.toThrow(message("startForeignExport", 'Dataset "sales" is being exported'));
});
