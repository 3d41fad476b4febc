import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ordersDataset } from "../../emulator/make-orders";
import { localToken, salesDataset } from "../../local/cloud";
import { projectRoot } from "../../local/paths";
import { createWorkspace, type Workspace } from "../../local/workspace";
import { createRole } from "../../local/aws-fixtures";
import { startTestCloud, type TestCloud } from "../support/stack";

const secondDataset = "8d1c52e6-0b3f-4a70-9c4e-51f6a7d3b920";
const up = ["up", "--yes", "--skip-preview"];
const limit = { timeout: 120_000 };

let cloud: TestCloud;
let roleArn: string;
const workspaces: Workspace[] = [];

beforeAll(async () => {
  const datasets = [
    ordersDataset({ id: salesDataset }),
    { ...ordersDataset({ id: secondDataset }), name: "More orders" },
  ];
  const reader = { token: localToken, id: 27, displayName: "Dana Reader", datasetAdmin: true };
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.2, datasets, users: [reader] } });
  roleArn = await createRole(cloud.moto, { bucket: cloud.bucket, prefix: "domo" });
}, 900_000);

afterAll(async () => {
  for (const { remove } of workspaces) remove();
  await cloud?.stop();
});

/** A copy of an example's folder, with a stack of its own. */
async function copyOf(example: string, config: Record<string, string>, stack = "test"): Promise<Workspace> {
  const folder = join(projectRoot, "examples", example);
  const files = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  const workspace = await createWorkspace({ env: cloud.env, files, config, stack });
  workspaces.push(workspace);
  return workspace;
}

async function mustRun({ run }: Workspace, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

const outputs = async (workspace: Workspace) =>
  JSON.parse(await mustRun(workspace, "stack", "output", "--json")) as Record<string, unknown>;
const newData = async () => {
  for (const dataset of [salesDataset, secondDataset]) await cloud.emulator.control.advanceData({ dataset });
};
const place = () => ({ bucket: cloud.bucket, roleArn });

/** Header and rows of the only object below a prefix. */
async function csvBelow(bucket: string, prefix: string): Promise<string[]> {
  const keys = await cloud.s3.dataKeys(bucket, `${prefix}/`);
  expect(keys).toHaveLength(1);
  const text = gunzipSync(await cloud.s3.get(bucket, keys[0] ?? "")).toString();
  return text.trimEnd().split(/\r?\n/);
}

test("catalogue: every entry is exported, and a second up changes nothing", limit, async () => {
  const workspace = await copyOf("catalogue", place());
  expect(await mustRun(workspace, "preview")).toContain("3 to create");
  await mustRun(workspace, ...up);
  const [westHeader, ...west] = await csvBelow(cloud.bucket, "domo/orders/west");
  const [largeHeader, ...large] = await csvBelow(cloud.bucket, "domo/orders/large");
  expect([westHeader, largeHeader]).toEqual(["Order ID,Order Date,Sales", "Order ID,Region,Sales"]);
  expect(large.every((row) => Number(row.split(",")[2]) >= 1000)).toBe(true);
  expect(await outputs(workspace)).toEqual({
    rowCounts: { "orders-west": west.length, "large-orders": large.length },
  });
  await mustRun(workspace, ...up, "--expect-no-changes");
});

test("catalogue: a faulty entry fails the preview with its name and all of its faults", limit, async () => {
  const workspace = await copyOf("catalogue", place());
  workspace.write({
    "catalogue.yaml": "orders:\n  dataset: abc\n  querry: SELECT 1\n  path: p\n  verify: some\nlist: []\n",
  });
  const { code, stdout } = await workspace.run(["preview"]);
  expect(code).not.toBe(0);
  expect(stdout.split("\n").map((line) => line.trim())).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/catalogue\.yaml can't be used:$/),
      'orders: "querry" is not known here; known are dataset, query, path, verify',
      'orders: "query" is missing or no text',
      'orders: verify "some" is neither objects nor rows',
      "list: must be a map with dataset, query, path",
    ]),
  );
});

test("scheduled: a new day exports new data, and on unchanged data it reuses the export", limit, async () => {
  await newData();
  const workspace = await copyOf("scheduled", { ...place(), day: "2026-01-01" });
  await mustRun(workspace, ...up);
  const first = await outputs(workspace);
  expect(first.origin).toBe("created");
  await mustRun(workspace, ...up, "--expect-no-changes");

  await mustRun(workspace, "config", "set", "day", "2026-01-02");
  await mustRun(workspace, ...up);
  expect(await outputs(workspace)).toEqual({ ...first, origin: "reused" });

  await newData();
  await mustRun(workspace, "config", "set", "day", "2026-01-03");
  await mustRun(workspace, ...up);
  const third = await outputs(workspace);
  expect(third.origin).toBe("created");
  expect(await cloud.s3.keys(cloud.bucket, "domo/orders/")).toEqual(
    expect.arrayContaining([...(first.keys as string[]), ...(third.keys as string[])]),
  );
  expect(third.keys).not.toEqual(first.keys);
});

test.for([
  { stack: "dev", regions: ["West"], rows: 100 },
  { stack: "prod", regions: ["Central", "East", "South", "West"], rows: undefined },
])("environments: $stack exports what its file says, below its own path", limit, async ({ stack, regions, rows }) => {
  await newData();
  const config = { bucket: cloud.bucket, roleArn };
  const workspace = await copyOf("environments", config, stack);
  await mustRun(workspace, ...up);
  const [, ...data] = await csvBelow(cloud.bucket, `domo/${stack}/orders`);
  const { rowCount } = await outputs(workspace);
  expect(rowCount).toBe(data.length);
  expect([...new Set(data.map((row) => row.split(",")[2]))].sort()).toEqual(regions);
  if (rows !== undefined) expect(rowCount).toBe(rows);
});

test("export-bucket: a component's bucket, role and exports come and go together", limit, async () => {
  await newData();
  const workspace = await copyOf("export-bucket", { "aws:region": "eu-west-3" });
  await mustRun(workspace, ...up);
  const { bucketName, rowCounts } = await outputs(workspace);
  const [west, large] = await Promise.all(
    ["west", "large"].map((name) => csvBelow(String(bucketName), `domo/test/${name}`)),
  );
  expect(rowCounts).toEqual({ west: (west?.length ?? 0) - 1, large: (large?.length ?? 0) - 1 });
  const { resources = [] } = (await workspace.stackExport()).deployment;
  const inComponent = resources.filter(({ urn }) => urn.includes("acme:exports:DomoExportBucket$"));
  expect(inComponent).toHaveLength(7);
  await mustRun(workspace, ...up, "--expect-no-changes");
  await mustRun(workspace, "destroy", "--yes", "--skip-preview");
  expect((await workspace.stackExport()).deployment.resources ?? []).toEqual([]);
  await expect(cloud.s3.keys(String(bucketName), "")).rejects.toMatchObject({ name: "NoSuchBucket" });
});
