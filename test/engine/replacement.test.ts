import { afterAll, beforeAll, expect, test } from "vitest";
import { ordersDataset } from "../../emulator/make-orders";
import { localToken, salesDataset } from "../../local/cloud";
import { select } from "../../provider/query/build/builder";
import { createRole } from "../../local/aws-fixtures";
import { expectDeliveredOnce, runsOf } from "../support/delivered";
import {
  createStack,
  type Exports,
  type Shell,
  shells,
  startTestCloud,
  type TestCloud,
  type TestStack,
} from "../support/stack";

const returnsDataset = "a0000000-0000-4000-8000-000000000001";
const otherBucket = "test-other-bucket";

let cloud: TestCloud;
let otherRole: string;
beforeAll(async () => {
  const datasets = [ordersDataset({ id: salesDataset }), ordersDataset({ id: returnsDataset })];
  const access = { [salesDataset]: "READ", [returnsDataset]: "READ" };
  const users = [{ token: localToken, id: 27, displayName: "Dana Reader", datasets: access }];
  cloud = await startTestCloud({ emulator: { datasets, users, exportSeconds: 0.2 } });
  await cloud.s3.createBucket(otherBucket);
  otherRole = await createRole(cloud.moto, { bucket: otherBucket, prefix: "exports" });
}, 900_000);
afterAll(() => cloud.stop());

const limit = { timeout: 180_000 };
const up = ["up", "--yes", "--skip-preview"];
const newData = (dataset = salesDataset) => cloud.emulator.control.advanceData({ dataset });
const keysOf = ({ bucket, path }: Record<string, unknown>) => cloud.s3.keys(String(bucket), `${String(path)}/`);

let paths = 0;
async function replaced(shell: Shell): Promise<{ stack: TestStack; exports: Exports; args: Record<string, unknown> }> {
  const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Sales")));
  const where = { dataset: salesDataset, bucket: cloud.bucket, path: `exports/r${++paths}`, roleArn: cloud.roleArn };
  const args = { ...where, query, deleteObjects: true };
  const exports: Exports = { sales: { args } };
  const stack = await createStack(cloud, shell);
  await newData();
  await stack.mustRun(exports, ...up);
  return { stack, exports, args };
}

test.each(shells)("%s: another path: exported there, and the old objects are deleted", limit, async (shell) => {
  const { stack, args } = await replaced(shell);
  await newData();
  const exports: Exports = { sales: { args: { ...args, path: `exports/r${++paths}` } } };
  expect(await stack.mustRun(exports, ...up)).toContain("1 replaced");
  await expectDeliveredOnce({ cloud, stack, exports });
  expect(await keysOf(args)).toEqual([]);
});

test.each(shells)("%s: another bucket: exported there, and the old objects are deleted", limit, async (shell) => {
  const { stack, args } = await replaced(shell);
  await newData();
  const exports: Exports = { sales: { args: { ...args, bucket: otherBucket, roleArn: otherRole } } };
  expect(await stack.mustRun(exports, ...up)).toContain("1 replaced");
  await expectDeliveredOnce({ cloud, stack, exports }, { earlier: 1 });
  expect(await keysOf(args)).toEqual([]);
});

test.each(shells)(
  "%s: another dataset to the same path: exported there, and only the old objects are deleted",
  limit,
  async (shell) => {
    const { stack, args } = await replaced(shell);
    await newData(returnsDataset);
    const exports: Exports = { sales: { args: { ...args, dataset: returnsDataset } } };
    expect(await stack.mustRun(exports, ...up)).toContain("1 replaced");
    await expectDeliveredOnce({ cloud, stack, exports }, { earlier: 1 });
    const [old, now] = await runsOf(cloud, exports);
    expect([old?.dataset, now?.dataset]).toEqual([salesDataset, returnsDataset]);
  },
);

test.each(shells)(
  "%s: --target-replace on unchanged data takes the same export over and keeps its objects",
  limit,
  async (shell) => {
    const { stack, exports, args } = await replaced(shell);
    const urn = (await stack.state("sales"))?.urn ?? "";
    expect(await stack.mustRun(exports, ...up, "--target-replace", urn)).toContain("1 replaced");
    await expectDeliveredOnce({ cloud, stack, exports });
    expect((await stack.state("sales"))?.outputs?.origin).toBe("reused");
    await stack.mustRun(exports, "destroy", "--yes", "--skip-preview");
    expect(await keysOf(args)).toEqual([]);
  },
);
