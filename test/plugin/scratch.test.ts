import { afterAll, beforeAll, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { eq, select } from "../../provider/query";
import { startTestCloud, type TestCloud } from "../support/stack";
import { createPluginStack } from "./plugin-stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.2 } });
}, 900_000);
afterAll(() => cloud.stop());
const plain = (query: unknown): unknown => JSON.parse(JSON.stringify(query));
const q = (region: unknown) => plain(select("Order ID", "Region").where(eq("Region", region as string)));
test("x", async () => {
  let stack = await createPluginStack(cloud);
  const args = {
    dataset: salesDataset,
    query: q("West"),
    bucket: cloud.bucket,
    path: "exports/a",
    roleArn: cloud.roleArn,
  };
  const s = async (more: object, ...cmd: string[]) => {
    const { opts, ...rest } = more as any;
    const { code, stdout, stderr } = await stack.run({ sales: { args: { ...args, ...rest }, opts } }, ...cmd);
    console.log(cmd.join(" "), JSON.stringify(more), "=>", code, "\n", stdout, stderr);
  };
  await s({}, "up", "--yes", "--skip-preview");
  const id = `${salesDataset}/${(await stack.state("sales"))?.outputs?.exportId}`;
  stack = await createPluginStack(cloud);
  await s({ opts: { import: id } }, "preview", "--diff");
  await s({ opts: { import: id } }, "up", "--yes", "--skip-preview");
  console.log(JSON.stringify(await stack.state("sales"), null, 1));
  await s({ opts: { import: id } }, "up", "--yes", "--skip-preview", "--expect-no-changes");
  await s({}, "up", "--yes", "--skip-preview", "--expect-no-changes");
  await s({}, "refresh", "--yes", "--skip-preview", "--expect-no-changes");
  stack = await createPluginStack(cloud);
  let r = await stack.run({}, "import", "domo:index:S3Export", "sales", id, "--yes");
  console.log(r.code, r.stdout, r.stderr);
  console.log(JSON.stringify(await stack.state("sales"), null, 1));
  await s({ query: undefined, roleArn: undefined }, "preview", "--diff");
  r = await stack.run({}, "refresh", "--yes", "--skip-preview");
  console.log(r.code, r.stdout, r.stderr);
  await s({}, "preview", "--diff");
  await s({}, "up", "--yes", "--skip-preview");
  r = await stack.run({}, "import", "domo:index:S3Export", "other", salesDataset + "/nope", "--yes");
  console.log(r.code, r.stdout, r.stderr);
  r = await stack.run({}, "import", "domo:index:S3Export", "other", "nope", "--yes");
  console.log(r.code, r.stdout, r.stderr);
});
