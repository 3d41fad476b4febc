import { afterAll, beforeAll, expect, test } from "vitest";
import { eq, select } from "../../provider/query/build/builder";
import { salesDataset } from "../../local/cloud";
import { createStack, type Exports, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

let cloud: TestCloud;
let stack: TestStack;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.2 } });
  stack = await createStack(cloud);
}, 900_000);
afterAll(() => cloud.stop(), 60_000);

const exportsOf = (more: Record<string, unknown> = {}): Exports => {
  const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Region").where(eq("Region", "West"))));
  const args = { dataset: salesDataset, query, bucket: cloud.bucket, path: "exports/counted", roleArn: cloud.roleArn };
  return { sales: { args: { ...args, ...more } } };
};

const counted = () => cloud.emulator.control.countRequests({ path: "v1/execute" });
const started = async () => (await cloud.emulator.control.exports({})).length;

test("preview says how many rows would leave, fails outside of expectRows, and asks nothing when nothing would run", async () => {
  const line = /domo:S3Export sales create would export 1,974 of 12,000 rows, 2 columns, data of [-\d]+ [:\d]+ UTC/;
  expect(await stack.mustRun(exportsOf(), "preview")).toMatch(line);
  expect(await counted()).toBe(1);

  const tooMany = await stack.run(exportsOf({ expectRows: { max: 1000 } }), "up", "--yes");
  expect(tooMany.code).not.toBe(0);
  expect(tooMany.stdout).toContain("property expectRows value");
  expect(tooMany.stdout).toContain(
    "the query has 1,974 rows, more than expectRows.max (1,000) — correct the query, or raise max",
  );
  expect(await started()).toBe(0);

  await stack.mustRun(exportsOf({ expectRows: { min: 1000 } }), "up", "--yes");
  expect(await counted()).toBe(1 + 1 + 2);
  expect((await stack.state("sales"))?.outputs?.counts).toEqual({ query: 1974, domo: 1974, comparable: true });

  await stack.mustRun(exportsOf({ expectRows: { min: 1000 } }), "up", "--yes", "--expect-no-changes");
  expect(await counted()).toBe(4);
}, 300_000);

test("an update that would export is counted, and a replacement once", async () => {
  const before = await counted();
  const triggers = exportsOf({ expectRows: { min: 5000 }, triggers: 1 });
  const { code, stdout } = await stack.run(triggers, "preview");
  expect(code).not.toBe(0);
  expect(stdout).toContain(
    "S3Export sales  error: expectRows: the query has 1,974 rows, fewer than expectRows.min (5,000)",
  );
  expect(await counted()).toBe(before + 1);
  const moved = await stack.mustRun(exportsOf({ path: "exports/moved" }), "preview");
  expect(moved).toMatch(/S3Export sales replace \[diff: .*path.*\]; would export 1,974 of 12,000 rows/);
  expect(await counted()).toBe(before + 2);
}, 300_000);
