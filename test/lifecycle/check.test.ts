import { afterAll, beforeAll, expect, test } from "vitest";
import { startEmulator, type Emulator } from "../../emulator/server";
import { check } from "../../provider/lifecycle";

let emulator: Emulator;
const token = "check-token";
beforeAll(async () => {
  emulator = await startEmulator({
    datasets: [{ id: "days", name: "Days", columns: [{ name: "Day", type: "DATETIME" }], rows: [] }],
    users: [{ token, id: 1, displayName: "Reader", datasets: { days: "READ" } }],
    s3Endpoint: "http://127.0.0.1:9",
  });
});
afterAll(() => emulator.close());

const run = (query: unknown, more: Record<string, unknown> = {}) => {
  const config: Record<string, string> = { "domo:baseUrl": emulator.url, "domo:developerToken": token };
  const args = { dataset: "days", bucket: "some-bucket", path: "p", roleArn: "arn:aws:iam::123456789012:role/r" };
  return check({ config: { get: (key) => config[key] } }, {}, { ...args, query, ...more });
};
const dayIs = (value: string) => ({ kind: "sql", text: `SELECT "Day" FROM dataset WHERE "Day" = '${value}'` });

test("a date with a T on a column of dates is brought into Domo's form", async () => {
  const withT = await run(dayIs("2024-01-31T10:00:00Z"));
  expect(withT.failures).toEqual([]);
  expect(withT.inputs).toEqual((await run(dayIs("2024-01-31 10:00:00"))).inputs);
});

test("options inside a pasted queryRequest count, and arguments beside it win", async () => {
  const pasted = { includeBOM: true, useCache: true, query: { columns: [{ exprType: "COLUMN", column: "Day" }] } };
  expect((await run(pasted)).inputs).toMatchObject({ includeBom: true, useCache: true });
  expect((await run(pasted, { useCache: false })).inputs).toMatchObject({ includeBom: true, useCache: false });
});
