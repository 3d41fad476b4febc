import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { select } from "../../provider/query/build/builder";
import { expectDeliveredOnce, runsOf } from "../support/delivered";
import { startRun, until } from "../support/engine-run";
import { type Exports, startTestCloud, type TestCloud } from "../support/stack";
import { createPluginStack } from "./plugin-stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 2, reuse: "never" } });
}, 900_000);
afterAll(() => cloud.stop());

const limit = { timeout: 180_000 };
const up = ["up", "--yes", "--skip-preview"];

let paths = 0;
async function scene(names = ["sales"]) {
  const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Sales")));
  const args = { dataset: salesDataset, query, bucket: cloud.bucket, roleArn: cloud.roleArn };
  const exports: Exports = Object.fromEntries(
    names.map((name) => [name, { args: { ...args, path: `exports/c${++paths}` } }]),
  );
  return { cloud, exports, stack: await createPluginStack(cloud) };
}
type Scene = Awaited<ReturnType<typeof scene>>;

const statusOf = async ({ exports }: Scene, name?: string) => (await runsOf(cloud, exports, name))[0]?.status;

test(
  "Ctrl-C while exporting: the run ends long before the export, the id is kept, the next up takes it over",
  limit,
  async () => {
    const it = await scene();
    await cloud.emulator.control.setOptions({ exportSeconds: 20 });
    const run = startRun(it, ...up);
    await until("the export is running", async () => (await statusOf(it)) === "exporting");
    await sleep(500);
    run.interrupt();
    const { code } = await run.ended;
    expect(code).not.toBe(0);
    expect(await statusOf(it)).toBe("exporting");
    const kept = await it.stack.state("sales");
    const [running] = await runsOf(cloud, it.exports);
    expect(kept?.outputs).toMatchObject({ exportId: running?.exportId, exportStatus: "exporting" });
    expect(kept?.initErrors).toHaveLength(1);
    await it.stack.mustRun(it.exports, ...up);
    await expectDeliveredOnce(it);
  },
);
