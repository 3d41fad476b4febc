import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { gte, select } from "../../provider/query/build/builder";
import { expectDeliveredOnce } from "../support/delivered";
import {
  createStack,
  type Exports,
  type Shell,
  shells,
  startTestCloud,
  type TestCloud,
  type TestStack,
} from "../support/stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.2 } });
}, 900_000);
afterAll(() => cloud.stop());

const limit = { timeout: 180_000 };
const up = ["up", "--yes", "--skip-preview"];
const destroy = ["destroy", "--yes", "--skip-preview"];
const salesFrom = (least: number): unknown =>
  JSON.parse(JSON.stringify(select("Order ID", "Sales").where(gte("Sales", least))));
const newData = () => cloud.emulator.control.advanceData({ dataset: salesDataset });
const started = async () => (await cloud.emulator.control.exports()).length;
const keysOf = (path: string) => cloud.s3.dataKeys(cloud.bucket, `${path}/`);

let paths = 0;
const newPath = () => `exports/o${++paths}`;
function args(more: Record<string, unknown> = {}): Record<string, unknown> {
  const query = salesFrom(100);
  return { dataset: salesDataset, query, bucket: cloud.bucket, path: newPath(), roleArn: cloud.roleArn, ...more };
}

/** A stack in which the exports are up, each on data of its own so that Domo reuses nothing. */
async function stackWith(shell: Shell, exports: Exports): Promise<TestStack> {
  const stack = await createStack(cloud, shell);
  await newData();
  await stack.mustRun(exports, ...up);
  await newData();
  return stack;
}

test.each(shells)("%s: up --refresh finds the object that is gone and exports again", limit, async (shell) => {
  const exports: Exports = { sales: { args: args() } };
  const path = String(exports.sales?.args.path);
  const stack = await stackWith(shell, exports);
  const [gone = ""] = await keysOf(path);
  await cloud.s3.remove(cloud.bucket, gone);
  await stack.mustRun(exports, ...up, "--refresh");
  await expectDeliveredOnce({ cloud, stack, exports }, { earlier: 1 });
});

test.each(shells)("%s: --target exports only the named one", limit, async (shell) => {
  const [sales, other] = [args({ deleteObjects: true }), args()];
  const exports: Exports = { sales: { args: sales }, other: { args: other } };
  await cloud.emulator.control.setOptions({ reuse: "never" });
  const stack = await stackWith(shell, exports);
  const query = salesFrom(200);
  const changed: Exports = { sales: { args: { ...sales, query } }, other: { args: { ...other, query } } };
  await stack.mustRun(changed, ...up, "--target", (await stack.state("sales"))?.urn ?? "");
  await cloud.emulator.control.setOptions({ reuse: "always" });
  await expectDeliveredOnce({ cloud, stack, exports: changed }, { earlier: 1 });
  await expectDeliveredOnce({ cloud, stack, exports }, { name: "other" });
});

test.each(shells)("%s: protect refuses the destroy, and objects and state stay", limit, async (shell) => {
  const exports: Exports = { sales: { args: args({ deleteObjects: true }), opts: { protect: true } } };
  const stack = await stackWith(shell, exports);
  const { code, stdout, stderr } = await stack.run(exports, ...destroy);
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain("protected");
  await expectDeliveredOnce({ cloud, stack, exports });
});

test.each(shells)("%s: retainOnDelete leaves the objects there although deleteObjects is set", limit, async (shell) => {
  const exports: Exports = { sales: { args: args({ deleteObjects: true }), opts: { retainOnDelete: true } } };
  const stack = await stackWith(shell, exports);
  const keys = await keysOf(String(exports.sales?.args.path));
  await stack.mustRun(exports, ...destroy);
  expect(await stack.state("sales")).toBeUndefined();
  expect(keys).toHaveLength(1);
  expect(await keysOf(String(exports.sales?.args.path))).toEqual(keys);
});

test.each(shells)("%s: ignoreChanges of the query exports nothing", limit, async (shell) => {
  const opts = { ignoreChanges: ["query"] };
  const exports: Exports = { sales: { args: args(), opts } };
  const stack = await stackWith(shell, exports);
  const changed: Exports = { sales: { args: { ...exports.sales?.args, query: salesFrom(200) }, opts } };
  await stack.mustRun(changed, ...up, "--expect-no-changes");
  await expectDeliveredOnce({ cloud, stack, exports });
});

test.each(shells)("%s: a renamed resource with an alias keeps its export", limit, async (shell) => {
  const exports: Exports = { sales: { args: args() } };
  const stack = await stackWith(shell, exports);
  const { id, outputs } = (await stack.state("sales")) ?? {};
  const renamed: Exports = { turnover: { args: exports.sales?.args ?? {}, opts: { aliases: [{ name: "sales" }] } } };
  await stack.mustRun(renamed, ...up);
  expect(await stack.state("sales")).toBeUndefined();
  expect(await stack.state("turnover")).toMatchObject({ id, outputs: { exportId: outputs?.exportId } });
  await expectDeliveredOnce({ cloud, stack, exports: renamed }, { name: "turnover" });
});

test.each(shells)("%s: adopt takes an existing export into another stack without running one", limit, async (shell) => {
  const exports: Exports = { sales: { args: args() } };
  const first = await stackWith(shell, exports);
  const exportId = (await first.state("sales"))?.outputs?.exportId;
  const before = await started();
  const adopting: Exports = { sales: { args: { ...exports.sales?.args, adopt: exportId } } };
  const stack = await createStack(cloud, shell);
  await stack.mustRun(adopting, ...up);
  expect(await started()).toBe(before);
  expect((await stack.state("sales"))?.outputs).toMatchObject({ exportId, origin: "adopted" });
  await expectDeliveredOnce({ cloud, stack, exports: adopting });
  await stack.mustRun(adopting, ...up, "--expect-no-changes");
});
