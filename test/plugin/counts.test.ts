import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { eq, select } from "../../provider/query/build/builder";
import { createStack, type Exports, startTestCloud, type TestCloud } from "../support/stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.2 } });
}, 900_000);
afterAll(() => cloud.stop(), 60_000);

const exportsOf = (more: Record<string, unknown> = {}): Exports => {
  const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Region").where(eq("Region", "West"))));
  const args = { dataset: salesDataset, query, bucket: cloud.bucket, path: "exports/counted", roleArn: cloud.roleArn };
  return { sales: { args: { ...args, ...more } } };
};
const counted = () => cloud.emulator.control.countRequests({ path: "v1/execute" });
const up = ["up", "--yes", "--skip-preview"];

test("the plugin's preview counts what would run, drift included, and its up counts once", async () => {
  const stack = await createStack(cloud, "plugin");
  const line = "would export 1,974 of 12,000 rows, 2 columns";
  expect(await stack.mustRun(exportsOf(), "preview")).toContain(`S3Export sales create ${line}`);
  expect(await counted()).toBe(1);
  await stack.mustRun(exportsOf(), ...up);
  expect(await counted()).toBe(2);
  const state = await stack.state("sales");
  expect(state?.outputs?.counts).toEqual({ query: 1974, domo: 1974, comparable: true });
  expect(await stack.mustRun(exportsOf(), "preview")).not.toContain("would export");
  expect(await counted()).toBe(2);

  const refused = await stack.run(exportsOf({ triggers: 1, expectRows: { max: 10 } }), "preview");
  expect(refused.code).not.toBe(0);
  expect(refused.stdout).toContain("expectRows: the query has 1,974 rows, more than expectRows.max (10) — correct");
  const recorded = await stack.run(exportsOf({ expectRows: { max: 10 } }), "preview");
  expect(recorded.code).not.toBe(0);
  expect(recorded.stdout).toContain("expectRows: the recorded export");
  expect(await counted()).toBe(3);

  const [file] = state?.outputs?.files as { key: string }[];
  await cloud.s3.remove(cloud.bucket, file?.key ?? "");
  expect(await stack.mustRun(exportsOf(), "preview", "--refresh")).toContain(line);
  expect(await counted()).toBe(4);
}, 300_000);
