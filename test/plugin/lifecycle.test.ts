import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { and, eq, gte, select } from "../../provider/query/build/builder";
import { createStack, type Exports, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.2 } });
}, 900_000);
afterAll(() => cloud.stop());

const up = ["up", "--yes", "--skip-preview"];
const plain = (query: unknown): unknown => JSON.parse(JSON.stringify(query));
const query = (region: string) =>
  plain(select("Order ID", "Region", "Sales").where(and(eq("Region", region), gte("Sales", 100))));

let paths = 0;
function sales(more: Record<string, unknown> = {}, path = `exports/p${++paths}`): Exports {
  const args = { dataset: salesDataset, query: query("West"), bucket: cloud.bucket, path, roleArn: cloud.roleArn };
  return { sales: { args: { ...args, ...more } } };
}
const pathOf = (exports: Exports): string => String(exports.sales?.args.path);
const keysOf = (exports: Exports) => cloud.s3.dataKeys(cloud.bucket, `${pathOf(exports)}/`);
const newData = () => cloud.emulator.control.advanceData({ dataset: salesDataset });

/** A stack in which the exports are already up. */
async function stackWith(exports: Exports): Promise<TestStack> {
  await newData();
  const stack = await createStack(cloud, "plugin");
  await stack.mustRun(exports, ...up);
  return stack;
}

test("a changed filter is shown as its SQL, two lines that differ, and is exported in place", async () => {
  const exports = sales();
  const stack = await stackWith(exports);
  const old = await stack.state("sales");
  await newData();
  const changed = sales({ query: query("East") }, pathOf(exports));
  expect(await stack.mustRun(changed, "preview")).toContain("sales update [diff: ~sql]");
  const diff = await stack.mustRun(changed, "preview", "--diff");
  const lines = diff.split("\n").map((line) => line.trim());
  expect(lines.filter((line) => /^[-+~] /.test(line)).slice(0, 4)).toEqual([
    "~ domo:index:S3Export: (update)",
    "~ sql:",
    `- WHERE "Region" = 'West'`,
    `+ WHERE "Region" = 'East'`,
  ]);
  await stack.mustRun(changed, ...up);
  const state = await stack.state("sales");
  expect(state?.id).toBe(old?.id);
  expect(state?.outputs?.exportId).not.toBe(old?.outputs?.exportId);
});

test("each argument that changes is shown by itself, and what replaces is said", async () => {
  const exports = sales();
  const stack = await stackWith(exports);
  const recorded = sales({ timeoutSeconds: 60, externalId: "acme" }, pathOf(exports));
  expect(await stack.mustRun(recorded, "preview")).toContain("sales update [diff: +externalId~timeoutSeconds]");
  const moved = sales({ includeBom: true });
  expect(await stack.mustRun(moved, "preview")).toContain("sales replace [diff: ~includeBom,path]");
});

test("a preview keeps the outputs when only the arguments are recorded, and they are unknown when an export would run", async () => {
  const exports = sales();
  const stack = await stackWith(exports);
  const recorded = await stack.mustRun(sales({ timeoutSeconds: 60 }, pathOf(exports)), "preview", "--diff");
  expect(recorded).toContain("~ timeoutSeconds: 3600 => 60");
  expect(recorded).not.toContain("[unknown]");
  const exported = await stack.mustRun(sales({ useCache: true }, pathOf(exports)), "preview", "--diff");
  expect(exported).toContain("[unknown]");
});

test("SQL text and the builder give the same export, digest and file", async () => {
  const exports = sales();
  const stack = await stackWith(exports);
  const sql = `select "Order ID", "Region", "Sales" from dataset where "Region" = 'West' and "Sales" >= 100`;
  await stack.mustRun(sales({ query: undefined, sql }, pathOf(exports)), ...up, "--expect-no-changes");
  const both = await stack.run(sales({ sql }, pathOf(exports)), "preview");
  expect(both.code).not.toBe(0);
  expect(both.stdout).toContain("is given next to query; give one of them");
});

test("a fault of SQL text is reported at sql", async () => {
  const stack = await createStack(cloud, "plugin");
  const { code, stdout } = await stack.run(sales({ query: undefined, sql: `SELECT "Regoin" FROM dataset` }), "preview");
  expect(code).not.toBe(0);
  expect(stdout).toContain(`sql.columns[0]: the dataset "Orders" has no column "Regoin"; did you mean "Region"?`);
});

test("drift that an up repairs is an update of drift in the preview", async () => {
  const exports = sales();
  const stack = await stackWith(exports);
  const [key = ""] = await keysOf(exports);
  await cloud.s3.remove(cloud.bucket, key);
  await stack.mustRun(exports, "refresh", "--yes", "--skip-preview");
  expect(await stack.mustRun(exports, "preview")).toContain("sales update [diff: ~drift]");
});

test("an up that fails before anything is started leaves nothing to clean up", async () => {
  const stack = await createStack(cloud, "plugin");
  const env = { ...cloud.env, ...stack.workspace.env, TEST_EXPORTS: JSON.stringify(sales()), DOMO_DEVELOPER_TOKEN: "" };
  const failed = await stack.workspace.run([...up], { env });
  expect(failed.code).not.toBe(0);
  const { deployment } = await stack.workspace.stackExport();
  expect(deployment).not.toHaveProperty("pending_operations");
  expect(await stack.state("sales")).toBeUndefined();
});
