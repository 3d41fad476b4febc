import { setTimeout as sleep } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from "../../local/fault-proxy";
import { initFailure } from "../../local/provider-process";
import { select } from "../../provider/query/build/builder";
import { until } from "../support/engine-run";
import { startTestCloud, type TestCloud } from "../support/stack";
import { hold, steps } from "./hold";
import { type PluginProcess, startPlugin } from "./plugin-process";

/* What `cancel` costs in the process itself: no engine is between. */

let cloud: TestCloud;
let proxies: Record<"domo" | "aws", FaultProxy>;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.1, reuse: "never" } });
  proxies = { domo: await startFaultProxy(cloud.emulator.url), aws: await startFaultProxy(cloud.moto.endpoint) };
  Object.assign(cloud.env, { DOMO_BASE_URL: proxies.domo.url, AWS_ENDPOINT_URL: proxies.aws.url });
}, 900_000);
afterAll(async () => {
  await Promise.all([proxies.domo.shut(), proxies.aws.shut()]);
  await cloud.stop();
}, 60_000);

// The promise is a second. A machine that is busy for so long is no fault of the process, so a late answer is measured again.
const measured = { timeout: 60_000, retry: 2 };
const SECOND = 1000;

type Json = Record<string, unknown>;
let paths = 0;
function args(more: Json = {}): Json {
  const query = JSON.parse(JSON.stringify(select("Order ID", "Sales"))) as unknown;
  const place = { bucket: cloud.bucket, roleArn: cloud.roleArn, path: `exports/p${++paths}` };
  return { dataset: salesDataset, query, ...place, ...more };
}

async function withPlugin<T>(work: (plugin: PluginProcess) => Promise<T>): Promise<T> {
  const plugin = await startPlugin(cloud.env);
  try {
    return await work(plugin);
  } finally {
    await plugin.stop();
  }
}

/** Cancels once `seen` says so; what the operation ends with, which must be within a second. */
async function cancelled(plugin: PluginProcess, operation: Promise<unknown>, seen: () => unknown): Promise<unknown> {
  const ended = operation.catch((error: unknown) => error);
  await until("the operation has come so far", seen);
  const begin = performance.now();
  await plugin.cancel();
  const outcome = await Promise.race([ended, sleep(10 * SECOND, "still running")]);
  expect(outcome).not.toBe("still running");
  expect(performance.now() - begin).toBeLessThan(SECOND);
  return outcome;
}

const wasCancelled = {
  code: status.FAILED_PRECONDITION,
  message: expect.stringContaining("the run was cancelled") as string,
};

/** An export that is there: what state holds of it. */
const delivered = (inputs: Json) =>
  withPlugin(async (plugin) => (await plugin.create((await plugin.check(inputs)).inputs)).properties);

test.each(steps)("a create that is cancelled while $step ends within a second", measured, async (step) => {
  await withPlugin(async (plugin) => {
    const { inputs } = await plugin.check(args(step.args));
    const held = hold(proxies[step.of], step.match, step.what);
    const error = await cancelled(plugin, plugin.create(inputs), held.isHeld);
    held.release();
    expect(error).toMatchObject(wasCancelled);
    expect(initFailure(error)?.properties.exportStatus).toBe(step.status);
  });
});

test.each(steps)("an update that is cancelled while $step ends within a second", measured, async (step) => {
  const before = args(step.args);
  const state = await delivered(before);
  await withPlugin(async (plugin) => {
    const { inputs } = await plugin.check({ ...before, useCache: true });
    const held = hold(proxies[step.of], step.match, step.what);
    const error = await cancelled(plugin, plugin.update(state, inputs), held.isHeld);
    held.release();
    expect(error).toMatchObject(wasCancelled);
    expect(initFailure(error)?.properties.exportStatus).toBe(step.status);
  });
});

test("an update that only records arguments and reads the rows for it ends within a second", measured, async () => {
  const before = args();
  const state = await delivered(before);
  const step = steps.find(({ args }) => args?.verify === "rows")!;
  await withPlugin(async (plugin) => {
    const { inputs } = await plugin.check({ ...before, verify: "rows" });
    const held = hold(proxies.aws, step.match, step.what);
    expect(await cancelled(plugin, plugin.update(state, inputs), held.isHeld)).toMatchObject(wasCancelled);
    held.release();
  });
});

test("a create that waits for somebody else's export ends within a second", measured, async () => {
  const { control } = cloud.emulator;
  const { exportId } = await control.startForeignExport({ dataset: salesDataset, bucket: "elsewhere", seconds: 600 });
  const polls = () => control.countRequests({ method: "GET", path: "/export/" });
  await withPlugin(async (plugin) => {
    const { inputs } = await plugin.check(args());
    const asked = await polls();
    const error = await cancelled(plugin, plugin.create(inputs), async () => (await polls()) > asked + 1);
    expect(error).toMatchObject(wasCancelled);
    expect(initFailure(error)).toBeUndefined();
  });
  await control.finishExport({ exportId });
});

const toDomo = (part: string) => ({ of: "domo" as const, match: ({ url }: ProxiedRequest) => url.includes(part) });
const toS3 = (part: string) => ({ of: "aws" as const, match: ({ url }: ProxiedRequest) => url.includes(part) });

const others: {
  operation: string;
  of: "domo" | "aws";
  match: (request: ProxiedRequest) => boolean;
  start: (plugin: PluginProcess, state: Json) => Promise<unknown>;
}[] = [
  { operation: "a refresh that asks Domo", ...toDomo("/api/data/v3/"), start: (it, state) => it.read("id", state) },
  { operation: "a refresh that lists objects", ...toS3("list-type=2"), start: (it, state) => it.read("id", state) },
  {
    operation: "a refresh that asks for the bucket's policy",
    ...toS3("?policy"),
    start: (it, state) => it.read("id", state),
  },
  {
    operation: "an import",
    ...toDomo("/api/query/v1/export/"),
    start: (it, { exportId }) => it.read(`${salesDataset}/${String(exportId)}`),
  },
  {
    operation: "an import that lists objects",
    ...toS3("list-type=2"),
    start: (it, { exportId }) => it.read(`${salesDataset}/${String(exportId)}`),
  },
  { operation: "a delete", ...toS3("?delete"), start: (it, state) => it.delete(state) },
  {
    operation: "getDataset",
    ...toDomo("/api/data/v3/"),
    start: (it) => it.invoke("getDataset", { id: salesDataset }),
  },
  {
    operation: "countRows",
    ...toDomo("/execute/"),
    start: (it) => it.invoke("countRows", { dataset: salesDataset, sql: `SELECT "Region" FROM dataset` }),
  },
];

test.each(others)("$operation that is cancelled ends within a second", measured, async ({ of, match, start }) => {
  const state = await delivered(args({ deleteObjects: true }));
  await withPlugin(async (plugin) => {
    const held = hold(proxies[of], match);
    expect(await cancelled(plugin, start(plugin, state), held.isHeld)).toMatchObject(wasCancelled);
    held.release();
  });
});

test("a check and a preview that are cancelled end within a second", measured, async () => {
  await withPlugin(async (plugin) => {
    const held = hold(proxies.domo, toDomo("/api/data/v3/").match);
    const checked = await cancelled(plugin, plugin.check(args()), held.isHeld);
    held.release();
    expect(checked).toMatchObject({ failures: [{ reason: expect.stringContaining("cancelled") as string }] });
  });
  await withPlugin(async (plugin) => {
    const { inputs } = await plugin.check(args());
    const held = hold(proxies.domo, toDomo("/execute/").match);
    await cancelled(plugin, plugin.create(inputs, { preview: true }), held.isHeld);
    held.release();
  });
});
