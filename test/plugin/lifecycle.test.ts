import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { and, eq, gte, select } from "../../provider/query";
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
const keysOf = (exports: Exports) => cloud.s3.keys(cloud.bucket, `${pathOf(exports)}/`);
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
