import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
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

test("where Domo does not say when it ended, an import reads the rows, and a program takes it over with verify rows", async () => {
  const { control } = cloud.emulator;
  const { exportId, id } = await exported();
  await control.setOptions({ finishedTimes: "absent" });
  const before = await started();
  const stack = await importedByCommand(id);
  const [file] = (await stack.state("sales"))?.outputs?.files as { key: string; rows: number; sha256?: string }[];
  const object = await cloud.s3.get(cloud.bucket, file?.key ?? "");
  expect(file?.sha256).toBe(createHash("sha256").update(object).digest("hex"));
  const unverified = await stack.run(sales(), ...up);
  expect(unverified.code).not.toBe(0);
  expect(unverified.stdout).toContain(
    `Export ${exportId}: Domo does not say when it ended, so only verify: "rows" would notice an object that was replaced ` +
      'since then — set verify: "rows"',
  );
  await stack.mustRun(sales(undefined, { verify: "rows" }), ...up);
  expect(await started()).toBe(before);
  expect((await stack.state("sales"))?.outputs).toMatchObject({ exportId, origin: "reused", verify: "rows" });

  await cloud.s3.put(cloud.bucket, file?.key ?? "", gzipSync("Order ID,Region\nA-1,West\n"));
  const other = await createStack(cloud, "plugin");
  const { code, stdout } = await other.run(sales({ import: id }, { verify: "rows" }), "preview");
  await control.setOptions({ finishedTimes: "present" });
  expect(code).not.toBe(0);
  expect(stdout).toContain(
    `Export ${exportId}: "s3://${cloud.bucket}/${file?.key}" has 1 rows, Domo reports ${file?.rows}`,
  );
});

test("an export whose path has no digest is imported; adopt keeps it, and a query alone exports to the digest's path", async () => {
  paths++;
  const { control } = cloud.emulator;
  const path = `exports/m${paths}`;
  const { exportId } = await control.startForeignExport({
    dataset: salesDataset,
    bucket: cloud.bucket,
    path,
    region: cloud.env.AWS_REGION,
    credentials: cloud.moto.deployer,
  });
  await control.settle();
  const before = await started();
  const stack = await importedByCommand(`${salesDataset}/${exportId}`);
  const imported = await stack.state("sales");
  expect(imported).toMatchObject({
    inputs: { dataset: salesDataset, bucket: cloud.bucket, path },
    outputs: { exportId, exportStatus: "success", origin: "adopted", keyPrefix: path },
  });
  const keys = (imported?.outputs?.files as { key: string }[]).map(({ key }) => key);
  expect(keys).toEqual([expect.stringMatching(`^${path}/${exportId}/`)]);
  await stack.mustRun({}, "refresh", "--yes", "--skip-preview", "--expect-no-changes");

  const kept = sales(undefined, { adopt: exportId });
  await stack.mustRun(kept, ...up);
  expect(await started()).toBe(before);
  expect((await stack.state("sales"))?.outputs).toMatchObject({ exportId, origin: "adopted", keyPrefix: path });
  await stack.mustRun(kept, ...up, "--expect-no-changes");

  const fresh = await importedByCommand(`${salesDataset}/${exportId}`);
  await cloud.emulator.control.advanceData({ dataset: salesDataset });
  await fresh.mustRun(sales(), ...up);
  expect(await started()).toBe(before + 1);
  const { outputs } = (await fresh.state("sales")) ?? {};
  expect(outputs).toMatchObject({
    origin: "created",
    keyPrefix: expect.stringMatching(`^${path}/[0-9a-f]{32}$`) as string,
  });
  expect(await cloud.s3.dataKeys(cloud.bucket, `${path}/${exportId}/`)).toEqual(keys);
});
