import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { select } from "../../provider/query/build/builder";
import { expectDeliveredOnce, runsOf } from "../support/delivered";
import { startRun, until } from "../support/engine-run";
import { createStack, type Exports, startTestCloud, type TestCloud } from "../support/stack";
import { hold, type Step, steps } from "./hold";

let cloud: TestCloud;
let domo: FaultProxy;
let aws: FaultProxy;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 1, reuse: "never" } });
  [domo, aws] = [await startFaultProxy(cloud.emulator.url), await startFaultProxy(cloud.moto.endpoint)];
  Object.assign(cloud.env, { DOMO_BASE_URL: domo.url, AWS_ENDPOINT_URL: aws.url });
}, 900_000);
afterAll(async () => {
  await Promise.all([domo.shut(), aws.shut()]);
  await cloud.stop();
}, 60_000);
beforeEach(() => cloud.emulator.control.setOptions({ exportSeconds: 1 }));

const limit = { timeout: 240_000 };
const up = ["up", "--yes", "--skip-preview"];

let paths = 0;
async function scene(names = ["sales"]) {
  const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Sales")));
  const args = { dataset: salesDataset, query, bucket: cloud.bucket, roleArn: cloud.roleArn };
  const exports: Exports = Object.fromEntries(
    names.map((name) => [name, { args: { ...args, path: `exports/c${++paths}` } }]),
  );
  return { cloud, exports, stack: await createStack(cloud, "plugin") };
}
type Scene = Awaited<ReturnType<typeof scene>>;

const statusOf = async ({ exports }: Scene, name?: string) => (await runsOf(cloud, exports, name))[0]?.status;

/** Most runs end in half a second; a minute is the time limit of one request, which would end the wait too. */
const WIDE_MS = 30_000;

/** Interrupts the run once `seen` says so, and expects that it ends by that alone. */
async function interrupted(it: Scene, seen: () => unknown): Promise<void> {
  const run = startRun(it, ...up);
  await until("the run has come so far", seen);
  const begin = performance.now();
  run.interrupt();
  expect((await run.ended).code).not.toBe(0);
  expect(performance.now() - begin).toBeLessThan(WIDE_MS);
  const { deployment } = await it.stack.workspace.stackExport();
  expect(deployment).not.toHaveProperty("pending_operations");
}

const proxyOf = ({ of }: Step) => ({ domo, aws })[of];

/** The same scene with other arguments. */
const changed = (it: Scene, more: Record<string, unknown>): Scene => {
  const { args } = it.exports.sales ?? { args: {} };
  return { ...it, exports: { sales: { args: { ...args, ...more } } } };
};

test.each(steps)(
  "Ctrl-C while $step: the run ends before the answer comes, and the next up delivers with one export",
  limit,
  async (step) => {
    const it = changed(await scene(), step.args ?? {});
    const held = hold(proxyOf(step), step.match, step.what);
    await interrupted(it, held.isHeld);
    held.release();
    const started = step.status === undefined ? 0 : 1;
    expect(await runsOf(cloud, it.exports)).toHaveLength(started);
    const kept = await it.stack.state("sales");
    expect(kept?.outputs?.exportStatus).toBe(step.status);
    expect(kept?.initErrors ?? []).toHaveLength(started);
    await it.stack.mustRun(it.exports, ...up);
    await expectDeliveredOnce(it);
  },
);

test("Ctrl-C during an update: the run ends, and the next up delivers the change with one export", limit, async () => {
  const before = changed(await scene(), { deleteObjects: true });
  await before.stack.mustRun(before.exports, ...up);
  const it = changed(before, { useCache: true });
  const post = steps.find(({ what }) => what === "answer")!;
  const held = hold(proxyOf(post), post.match, post.what);
  await interrupted(it, held.isHeld);
  held.release();
  expect((await it.stack.state("sales"))?.outputs).toMatchObject({ useCache: true, exportStatus: "unknown" });
  await it.stack.mustRun(it.exports, ...up);
  await expectDeliveredOnce(it, { earlier: 1 });
});

test("Ctrl-C while somebody else's export has the slot: the run ends, and nothing was started", limit, async () => {
  const it = await scene();
  const { control } = cloud.emulator;
  const { exportId } = await control.startForeignExport({ dataset: salesDataset, bucket: "elsewhere", seconds: 600 });
  const polls = () => control.countRequests({ method: "GET", path: "/export/" });
  const asked = await polls();
  await interrupted(it, async () => (await polls()) > asked + 1);
  expect(await runsOf(cloud, it.exports)).toEqual([]);
  expect(await it.stack.state("sales")).toBeUndefined();
  await control.finishExport({ exportId });
  await it.stack.mustRun(it.exports, ...up);
  await expectDeliveredOnce(it);
});

test(
  "Ctrl-C while exporting: the run ends long before the export, the id is kept, the next up takes it over",
  limit,
  async () => {
    const it = await scene();
    await cloud.emulator.control.setOptions({ exportSeconds: 30 });
    const run = startRun(it, ...up);
    await until("the export is running", async () => (await statusOf(it)) === "exporting");
    await until(
      "its id has been polled",
      async () => (await cloud.emulator.control.countRequests({ method: "GET", path: "/export/" })) > 2,
    );
    run.interrupt();
    expect((await run.ended).code).not.toBe(0);
    expect(await statusOf(it)).toBe("exporting");
    const [running] = await runsOf(cloud, it.exports);
    const kept = await it.stack.state("sales");
    expect(kept?.outputs).toMatchObject({ exportId: running?.exportId, exportStatus: "exporting" });
    expect(kept?.initErrors).toHaveLength(1);
    await it.stack.mustRun(it.exports, ...up);
    await expectDeliveredOnce(it);
  },
);

test("Ctrl-C while one export waits for the other: both end, and the next up delivers each once", limit, async () => {
  const it = await scene(["one", "other"]);
  await cloud.emulator.control.setOptions({ exportSeconds: 20 });
  const run = startRun(it, ...up);
  let waiting = "";
  await until("an export is running", async () => {
    for (const [name, next] of [
      ["one", "other"],
      ["other", "one"],
    ] as const)
      if ((await statusOf(it, name)) === "exporting") waiting = next;
    return waiting;
  });
  run.interrupt();
  expect((await run.ended).code).not.toBe(0);
  expect(await runsOf(cloud, it.exports, waiting)).toEqual([]);
  expect(await it.stack.state(waiting)).toBeUndefined();
  await cloud.emulator.control.setOptions({ exportSeconds: 1 });
  await it.stack.mustRun(it.exports, ...up);
  await expectDeliveredOnce(it, { name: "one" });
  await expectDeliveredOnce(it, { name: "other" });
});
