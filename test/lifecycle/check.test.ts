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

test("a misspelt argument, a wrong role and a misspelt column are three faults of one run", async () => {
  const query = { kind: "sql", text: 'SELECT "Dya" FROM dataset' };
  const { failures } = await run(query, { rolArn: "x", roleArn: "acme" });
  expect(failures).toEqual([
    {
      property: "roleArn",
      reason: "is not the ARN of an IAM role, such as arn:aws:iam::123456789012:role/export",
    },
    { property: "rolArn", reason: "is not an argument of DomoS3Export; did you mean roleArn?" },
    { property: "", reason: 'query.columns[0]: the dataset "Days" has no column "Dya"; did you mean "Day"?' },
  ]);
});

test("a dataset with a fault is not asked for its columns", async () => {
  const before = await emulator.control.countRequests({});
  const { failures } = await run({ kind: "sql", text: 'SELECT "Dya" FROM dataset' }, { dataset: "a b" });
  expect(failures.map(({ property }) => property)).toEqual(["dataset"]);
  expect(await emulator.control.countRequests({})).toBe(before);
});

test("a fault in a secret argument is named without a word of it, elsewhere its text is hidden", async () => {
  const roleArn = "arn:acme-secret";
  const secret = await run(dayIs("2024-01-31 10:00:00"), { roleArn, __secretArguments: ["roleArn"] });
  expect(secret.failures).toEqual([
    {
      property: "",
      reason: "roleArn: is a secret with a fault, which is not shown as it would quote it; try it with a plain value",
    },
  ]);
  const other = { bucket: roleArn, roleArn, __secretArguments: ["roleArn"] };
  expect(JSON.stringify((await run(dayIs("x"), other)).failures)).not.toContain(roleArn);
});
