import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FaultRule } from "../../emulator/faults";
import { salesDataset } from "../../local/cloud";
import { select } from "../../provider/query/build/builder";
import { expectDeliveredOnce, runsOf } from "../support/delivered";
import { endOrphans, startRun, until, upUntilDone } from "../support/engine-run";
import { createStack, type Exports, type Shell, shells, startTestCloud, type TestCloud } from "../support/stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 2, reuse: "never" } });
}, 900_000);
afterAll(() => {
  endOrphans();
  return cloud.stop();
});

const limit = { timeout: 180_000 };
const up = ["up", "--yes", "--skip-preview"];
const inject = (rule: Omit<FaultRule, "path">) => cloud.emulator.control.inject({ path: "/export/", ...rule });

let paths = 0;
async function scene(shell: Shell = "dynamic") {
  const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Sales")));
  const args = { dataset: salesDataset, query, bucket: cloud.bucket, roleArn: cloud.roleArn };
  const exports: Exports = { sales: { args: { ...args, path: `exports/i${++paths}` } } };
  return { cloud, exports, stack: await createStack(cloud, shell) };
}
type Scene = Awaited<ReturnType<typeof scene>>;

const statusOf = async ({ exports }: Scene) => (await runsOf(cloud, exports))[0]?.status;
const running = (it: Scene) => until("the export is running", async () => (await statusOf(it)) === "exporting");

test.each(shells)(
  "%s: the provider killed while exporting: the next up takes that export over",
  limit,
  async (shell) => {
    const it = await scene(shell);
    const run = startRun(it, ...up);
    await running(it);
    expect(run.killProvider()).toBe(true);
    expect((await run.ended).code).not.toBe(0);
    expect(await upUntilDone(it.stack, it.exports)).toBe(1);
    await expectDeliveredOnce(it);
    expect((await it.stack.state("sales"))?.outputs?.origin).toBe("reused");
  },
);

test.each(shells)("%s: the engine killed before the POST: the next up exports", limit, async (shell) => {
  const it = await scene(shell);
  await inject({ method: "GET", fault: { kind: "delay", ms: 3000 } });
  const asked = await cloud.emulator.control.countRequests({ path: "/export/" });
  const run = startRun(it, ...up);
  await until("the list is asked for", async () => {
    return (await cloud.emulator.control.countRequests({ path: "/export/" })) > asked;
  });
  run.killEngine();
  await run.ended;
  await upUntilDone(it.stack, it.exports);
  await expectDeliveredOnce(it);
});

test.each(shells)("%s: the engine killed while exporting: the next up takes that export over", limit, async (shell) => {
  const it = await scene(shell);
  const run = startRun(it, ...up);
  await running(it);
  run.killEngine();
  await run.ended;
  await upUntilDone(it.stack, it.exports);
  await expectDeliveredOnce(it);
});

test.each(shells)(
  "%s: the engine killed after the export and before the state is written: the next up takes it over",
  limit,
  async (shell) => {
    const it = await scene(shell);
    await inject({ method: "GET", skip: 1, fault: { kind: "delay", ms: 10_000 } });
    const run = startRun(it, ...up);
    await until("the export has ended", async () => (await statusOf(it)) === "success");
    expect(run.running()).toBe(true);
    run.killEngine();
    await run.ended;
    expect(await it.stack.state("sales")).toBeUndefined();
    await upUntilDone(it.stack, it.exports);
    await expectDeliveredOnce(it);
    expect((await it.stack.state("sales"))?.outputs?.origin).toBe("reused");
  },
);

test("one Ctrl-C while exporting: the export is in state, and the next up changes nothing", limit, async () => {
  const it = await scene();
  const run = startRun(it, ...up);
  await running(it);
  run.interrupt();
  await run.ended;
  await expectDeliveredOnce(it);
  await it.stack.mustRun(it.exports, ...up, "--expect-no-changes");
});

test.each(shells)("%s: two Ctrl-Cs while exporting: the next up takes that export over", limit, async (shell) => {
  const it = await scene(shell);
  await cloud.emulator.control.setOptions({ exportSeconds: 8 });
  const run = startRun(it, ...up);
  await running(it);
  run.interrupt();
  await sleep(500);
  run.interrupt();
  await run.ended;
  await cloud.emulator.control.setOptions({ exportSeconds: 2 });
  expect(await statusOf(it)).toBe("exporting");
  await upUntilDone(it.stack, it.exports);
  await expectDeliveredOnce(it);
});

test.each(shells)("%s: the POST's answer lost on its way back: the same up finds the export", limit, async (shell) => {
  const it = await scene(shell);
  await inject({ method: "POST", takesEffect: true, fault: { kind: "reset" } });
  await it.stack.mustRun(it.exports, ...up);
  await expectDeliveredOnce(it);
  expect((await it.stack.state("sales"))?.outputs?.origin).toBe("created");
});

test.each(shells)(
  "%s: the POST lost on its way there: the up says so and keeps the resource, the next one exports",
  limit,
  async (shell) => {
    const it = await scene(shell);
    await inject({ method: "POST", fault: { kind: "reset" } });
    const { code, stdout } = await it.stack.run(it.exports, ...up);
    expect(code).not.toBe(0);
    expect(stdout).toContain("Domo's list shows no new export");
    const kept = await it.stack.state("sales");
    expect(kept?.outputs).toMatchObject({ exportStatus: "unknown", files: [] });
    expect(kept?.initErrors).toHaveLength(1);
    expect(await upUntilDone(it.stack, it.exports)).toBe(1);
    await expectDeliveredOnce(it);
  },
);

test.each(shells)(
  "%s: what a killed run leaves pending, a refresh clears, and the next up exports",
  limit,
  async (shell) => {
    const it = await scene(shell);
    const run = startRun(it, ...up);
    await running(it);
    run.killEngine();
    await run.ended;
    await it.stack.run(it.exports, "cancel", "--yes");
    const pending = async () => {
      const { deployment } = await it.stack.workspace.stackExport();
      return (deployment as { pending_operations?: unknown[] }).pending_operations ?? [];
    };
    expect(await pending()).toHaveLength(1);
    await it.stack.mustRun(it.exports, "refresh", "--clear-pending-creates", "--yes", "--skip-preview");
    expect(await pending()).toEqual([]);
    expect(await upUntilDone(it.stack, it.exports)).toBe(1);
    await expectDeliveredOnce(it);
  },
);
