import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { and, eq, gte, select } from "../../provider/query/build/builder";
import { type Exports, startTestCloud, type TestCloud, type TestStack } from "../support/stack";
import { createPluginStack } from "./plugin-stack";

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
const allKeysOf = (exports: Exports) => cloud.s3.keys(cloud.bucket, `${pathOf(exports)}/`);
const started = async () => (await cloud.emulator.control.exports({})).length;
const newData = () => cloud.emulator.control.advanceData({ dataset: salesDataset });

/** A stack in which the exports are already up. */
async function stackWith(exports: Exports): Promise<TestStack> {
  await newData();
  const stack = await createPluginStack(cloud);
  await stack.mustRun(exports, ...up);
  return stack;
}

test("up exports what preview announced, a second up changes nothing, destroy leaves the objects", async () => {
  const stack = await createPluginStack(cloud);
  const exports = sales();
  const before = await started();
  const preview = await stack.mustRun(exports, "preview");
  expect(preview).toContain("domo:index:S3Export sales create");
  expect(await started()).toBe(before);

  await stack.mustRun(exports, ...up);
  const state = await stack.state("sales");
  expect(state?.type).toBe("domo:index:S3Export");
  expect(state?.outputs).toMatchObject({ exportStatus: "success", origin: "created" });
  const keys = await keysOf(exports);
  expect(keys).toEqual((state?.outputs?.files as { key: string }[]).map(({ key }) => key));
  const csv = gunzipSync(await cloud.s3.get(cloud.bucket, keys[0] ?? "")).toString();
  expect(csv.slice(0, csv.indexOf("\n")).trim()).toBe("Order ID,Region,Sales");

  const posts = await cloud.emulator.control.countRequests({ method: "POST" });
  await stack.mustRun(exports, ...up, "--expect-no-changes");
  expect(await cloud.emulator.control.countRequests({ method: "POST" })).toBe(posts);

  await stack.mustRun(exports, "destroy", "--yes", "--skip-preview");
  expect(await stack.state("sales")).toBeUndefined();
  expect(await keysOf(exports)).toEqual(keys);
});

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
  const stack = await createPluginStack(cloud);
  const { code, stdout } = await stack.run(sales({ query: undefined, sql: `SELECT "Regoin" FROM dataset` }), "preview");
  expect(code).not.toBe(0);
  expect(stdout).toContain(`the dataset "Orders" has no column "Regoin"; did you mean "Region"?`);
  expect(stdout).toContain("property sql");
});

test("another path replaces the resource", async () => {
  const exports = sales({ deleteObjects: true });
  const stack = await stackWith(exports);
  await newData();
  const moved = sales({ deleteObjects: true });
  await stack.mustRun(moved, ...up);
  expect(await keysOf(moved)).toHaveLength(1);
  expect(await allKeysOf(exports)).toEqual([]);
});

test("refresh finds a deleted object, and the next up exports it again", async () => {
  const exports = sales();
  const stack = await stackWith(exports);
  await stack.mustRun(exports, "refresh", "--preview-only", "--expect-no-changes");
  const [key = ""] = await keysOf(exports);
  await cloud.s3.remove(cloud.bucket, key);
  const gate = await stack.run(exports, "refresh", "--preview-only", "--expect-no-changes", "--diff");
  expect(gate.code).not.toBe(0);
  expect(gate.stdout).toContain("object-missing");
  await newData();
  await stack.mustRun(exports, "refresh", "--yes", "--skip-preview");
  expect(await stack.mustRun(exports, "preview")).toContain("sales update [diff: ~drift]");
  await stack.mustRun(exports, ...up);
  expect(await keysOf(exports)).toHaveLength(1);
  expect((await stack.state("sales"))?.outputs).toMatchObject({ drift: [], exportStatus: "success" });
});

test("an export that neither Domo nor S3 knows any more is forgotten by refresh", async () => {
  const exports = sales();
  const stack = await stackWith(exports);
  for (const key of await keysOf(exports)) await cloud.s3.remove(cloud.bucket, key);
  await cloud.emulator.control.forgetExport(String((await stack.state("sales"))?.outputs?.exportId));
  await stack.mustRun(exports, "refresh", "--yes", "--skip-preview");
  expect(await stack.state("sales")).toBeUndefined();
});

test("a missing token is a warning in a preview and a failure of the up, and leaves nothing to clean up", async () => {
  const stack = await createPluginStack(cloud);
  const env = { ...cloud.env, ...stack.workspace.env, TEST_EXPORTS: JSON.stringify(sales()), DOMO_DEVELOPER_TOKEN: "" };
  const preview = await stack.workspace.run(["preview"], { env });
  expect(preview.code).toBe(0);
  expect(preview.stdout).toContain("no Domo developer token is set (DOMO_DEVELOPER_TOKEN)");
  const failed = await stack.workspace.run([...up], { env });
  expect(failed.code).not.toBe(0);
  expect(failed.stdout).toContain("set the environment variable DOMO_DEVELOPER_TOKEN");
  const { deployment } = await stack.workspace.stackExport();
  expect(deployment).not.toHaveProperty("pending_operations");
  expect(await stack.state("sales")).toBeUndefined();
});

test("an export that fails at Domo stays in state with the reason, and the next up exports again", async () => {
  const stack = await createPluginStack(cloud);
  const exports = sales();
  await newData();
  await cloud.emulator.control.setOptions({ failWith: { errorCode: "QUERY_FAILED", message: "Out of memory" } });
  const { code, stdout } = await stack.run(exports, ...up);
  await cloud.emulator.control.setOptions({ failWith: null });
  expect(code).not.toBe(0);
  expect(stdout).toContain("QUERY_FAILED: Out of memory");
  const kept = await stack.state("sales");
  expect(kept?.outputs).toMatchObject({ exportStatus: "error", files: [] });
  expect(kept?.initErrors).toHaveLength(1);
  await newData();
  await stack.mustRun(exports, ...up);
  expect((await stack.state("sales"))?.outputs).toMatchObject({ exportStatus: "success", origin: "created" });
  expect((await stack.state("sales"))?.initErrors ?? []).toEqual([]);
});
