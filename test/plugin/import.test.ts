import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { eq, select } from "../../provider/query/build/builder";
import { createStack, type Exports, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.2 } });
}, 900_000);
afterAll(() => cloud.stop());

const up = ["up", "--yes", "--skip-preview"];
const west: unknown = JSON.parse(JSON.stringify(select("Order ID", "Region").where(eq("Region", "West"))));
const started = async () => (await cloud.emulator.control.exports({})).length;

let paths = 0;
function sales(opts?: Record<string, unknown>, more: Record<string, unknown> = {}): Exports {
  const args = { dataset: salesDataset, query: west, bucket: cloud.bucket, roleArn: cloud.roleArn };
  return { sales: { args: { ...args, path: `exports/m${paths}`, ...more }, opts } };
}

/** Runs an export by a stack that is then forgotten, and returns the id by which it is imported. */
async function exported(): Promise<{ exportId: string; id: string }> {
  paths++;
  await cloud.emulator.control.advanceData({ dataset: salesDataset });
  const stack = await createStack(cloud, "plugin");
  await stack.mustRun(sales(), ...up);
  const exportId = String((await stack.state("sales"))?.outputs?.exportId);
  stack.workspace.remove();
  return { exportId, id: `${salesDataset}/${exportId}` };
}

async function importedByCommand(id: string): Promise<TestStack> {
  const stack = await createStack(cloud, "plugin");
  const options = ["--yes", "--generate-code=false", "--protect=false", "--skip-preview"];
  await stack.mustRun({}, "import", "domo:index:S3Export", "sales", id, ...options);
  return stack;
}

test("the option import takes an export over; with the query that it ran nothing runs again, and it stays", async () => {
  const { exportId, id } = await exported();
  const before = await started();
  const stack = await createStack(cloud, "plugin");
  await stack.mustRun(sales({ import: id }), ...up);
  expect(await started()).toBe(before);
  const state = await stack.state("sales");
  expect(state).toMatchObject({ id, outputs: { exportId, exportStatus: "success", origin: "reused" } });
  await stack.mustRun(sales({ import: id }), ...up, "--expect-no-changes");
  await stack.mustRun(sales(), ...up, "--expect-no-changes");
  await stack.mustRun(sales(), "refresh", "--yes", "--skip-preview", "--expect-no-changes");
});

test("pulumi import records bucket, path and the verified objects, and invents no query", async () => {
  const { exportId, id } = await exported();
  const before = await started();
  const stack = await importedByCommand(id);
  const state = await stack.state("sales");
  const path = `exports/m${paths}`;
  expect(state?.inputs).toEqual({ dataset: salesDataset, bucket: cloud.bucket, path });
  expect(state?.outputs).toMatchObject({ exportId, exportStatus: "success", origin: "adopted", drift: [] });
  expect(state?.outputs).not.toHaveProperty("query");
  expect((state?.outputs?.files as { key: string }[]).map(({ key }) => key)).toEqual(
    await cloud.s3.dataKeys(cloud.bucket, `${path}/`),
  );
  await stack.mustRun({}, "refresh", "--yes", "--skip-preview", "--expect-no-changes");

  const said = await stack.mustRun(sales(undefined, { query: undefined, roleArn: undefined }), "preview");
  expect(said).toContain("Domo does not say which query it ran: give query or sql");
  expect(said).toContain("unchanged");
  const { code, stdout } = await stack.run(sales(undefined, { query: undefined }), "preview");
  expect(code).not.toBe(0);
  expect(stdout).toContain("query");

  expect(await stack.mustRun(sales(), "preview")).toContain("sales update [diff: +roleArn,sql]");
  await stack.mustRun(sales(), ...up);
  expect(await started()).toBe(before);
  expect((await stack.state("sales"))?.outputs).toMatchObject({ exportId, origin: "reused" });
});

test("with another query than the one that ran, the next up exports", async () => {
  const { exportId, id } = await exported();
  const stack = await importedByCommand(id);
  await cloud.emulator.control.advanceData({ dataset: salesDataset });
  const before = await started();
  const sql = `SELECT "Order ID" FROM dataset WHERE "Region" = 'East'`;
  await stack.mustRun(sales(undefined, { query: undefined, sql }), ...up);
  expect(await started()).toBe(before + 1);
  const state = await stack.state("sales");
  expect(state?.outputs).toMatchObject({ origin: "created" });
  expect(state?.outputs?.exportId).not.toBe(exportId);
});

test("an export whose object is gone is not imported", async () => {
  const { id, exportId } = await exported();
  const [key = ""] = await cloud.s3.dataKeys(cloud.bucket, `exports/m${paths}/`);
  await cloud.s3.remove(cloud.bucket, key);
  const stack = await createStack(cloud, "plugin");
  const { code, stdout } = await stack.run(sales({ import: id }), ...up);
  expect(code).not.toBe(0);
  expect(stdout).toContain(`Export ${exportId}: "s3://${cloud.bucket}/${key}" is not in S3`);
  expect(await stack.state("sales")).toBeUndefined();
});

test("an id that names no export fails with what to give", async () => {
  const { exportId } = await exported();
  const stack = await createStack(cloud, "plugin");
  const form = await stack.run(sales({ import: exportId }), "preview");
  expect(form.code).not.toBe(0);
  expect(form.stdout).toContain(
    `import "${exportId}": this is not the id of an export — give <dataset>/<exportId>, both as Domo has them`,
  );
  const id = `${salesDataset}/00000000-0000-0000-0000-000000000000`;
  const none = await stack.run(sales({ import: id }), "preview");
  expect(none.code).not.toBe(0);
  expect(none.stdout).toContain(
    `import "${id}": Domo lists no such export of the dataset — the latest that it lists are`,
  );
});

test("an export that has not ended is not imported", async () => {
  const { control } = cloud.emulator;
  const { exportId } = await control.startForeignExport({ dataset: salesDataset, bucket: cloud.bucket, seconds: 600 });
  const id = `${salesDataset}/${exportId}`;
  const stack = await createStack(cloud, "plugin");
  const { code, stdout } = await stack.run(sales({ import: id }), "preview");
  await control.finishExport({ exportId });
  expect(code).not.toBe(0);
  expect(stdout).toContain(`import "${id}": Domo does not say where the export's files are`);
});
