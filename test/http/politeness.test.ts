import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { RuntimeOptions } from "../../emulator/options";
import { type Emulator, startEmulator } from "../../emulator/server";
import { realClock } from "../../provider/host/clock";
import { createDomoClient, type DomoClient } from "../../provider/domo/client";
import { deployer, orders, TOKEN } from "../support/orders";
import { settingsFor } from "../support/settings";

/** So much faster than real the provider's clock runs: a rate of 20 a second is 200 in the emulator's log. */
const SCALE = 10;
const datasets = Array.from({ length: 10 }, () => randomUUID());
const open: Emulator[] = [];
afterEach(() => Promise.all(open.splice(0).map((emulator) => emulator.close())));

async function scene({ scale = SCALE, perSecond = 20, ...options }: Scene = {}) {
  const users = [{ ...deployer("any"), datasetAdmin: true }];
  const emulator = await startEmulator({ datasets: datasets.map(orders), users, reuse: "never", ...options });
  open.push(emulator);
  const settings = settingsFor(emulator.url, {
    token: TOKEN,
    requestTimeoutMs: 60_000,
    maxRequestsPerSecond: perSecond,
    requestBurst: perSecond,
    maxRequestsInFlight: 16,
  });
  return { emulator, domo: await createDomoClient(settings, realClock(scale)) };
}

interface Scene extends Partial<RuntimeOptions> {
  scale?: number;
  perSecond?: number;
}

/** Lists the exports of all datasets in turn, `count` times in all, all asked for at once. */
const listAll = (domo: DomoClient, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => domo.listExports(datasets[index % datasets.length]!)));

/** The most calls in any window of the log, in seconds of the provider's clock. */
async function busiest({ control }: Emulator, seconds: number, scale = SCALE): Promise<number> {
  const times = (await control.requests()).map(({ at }) => (at * scale) / 1000);
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + seconds).length));
}

/** From the first call of the log to the last, in seconds of the provider's clock. */
async function duration({ control }: Emulator, scale = SCALE): Promise<number> {
  const log = await control.requests();
  return ((log.at(-1)!.at - log[0]!.at) * scale) / 1000;
}

test("400 reads at once: never more than 16 in flight, nor more than the rate and a second's worth at the start", async () => {
  const { emulator, domo } = await scene();
  await emulator.control.inject({ fault: { kind: "delay", ms: 60 }, times: 60 });
  await listAll(domo, 400);
  expect(await emulator.control.load()).toEqual({ inFlight: 0, peakInFlight: 16 });
  // The log has arrivals: what was sent before a window, sixteen at most, may have come in it.
  expect(await busiest(emulator, 10)).toBeLessThanOrEqual(10 * 20 + 21 + 16);
  expect(await emulator.control.countRequests({ status: 200 })).toBe(400);
});

test("a Domo that allows less is given less: all reads are answered, few are refused, and a refusal stops everybody", async () => {
  const { emulator, domo } = await scene({ scale: 1, perSecond: 40, requestsPerSecond: 10 });
  await listAll(domo, 80);
  const log = await emulator.control.requests();
  const refused = log.filter(({ status }) => status === 429);
  expect(log.filter(({ status }) => status === 200)).toHaveLength(80);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(40);
  const last = refused.at(-1)!;
  const next = log.find(({ at }) => at > last.at + 500);
  if (next) expect(next.at - last.at).toBeGreaterThan(900);
});

test("each refusal halves the rate, which comes back little by little", async () => {
  const { emulator, domo } = await scene();
  const fault = { kind: "answer", status: 429, headers: { "Retry-After": "0" } } as const;
  for (const skip of [0, 100, 200]) await emulator.control.inject({ fault, skip });
  await listAll(domo, 400);
  // Never halved it would be 19 s, with one halving that is won back by a hundred answers 21 s, without a way back 110 s.
  expect(await duration(emulator)).toBeGreaterThan(22.5);
  expect(await duration(emulator)).toBeLessThan(60);
});

test("a POST goes before all reads that wait", async () => {
  const { emulator, domo } = await scene({ perSecond: 2 });
  const reads = listAll(domo, 20);
  await sleep(150);
  const before = await emulator.control.countRequests();
  const query = { columns: [{ exprType: "COLUMN", column: "Sales" }] };
  const body = {
    bucket: "b",
    path: "p",
    region: "eu-west-3",
    awsAccessKey: "AKIA",
    awsAccessSecret: "s",
    queryRequest: { query },
  };
  await domo.startExport(datasets[0]!, body).catch(() => undefined);
  const log = await emulator.control.requests();
  expect(log.findIndex(({ method }) => method === "POST")).toBeLessThanOrEqual(before + 1);
  await reads;
  expect(await emulator.control.countRequests({ method: "GET" })).toBe(20);
});

test("pollers of ten datasets share a tight budget evenly, whatever else is asked", async () => {
  const { emulator, domo } = await scene({ perSecond: 2 });
  let polling = true;
  const poll = async (dataset: string) => {
    while (polling) await domo.pollExports(dataset);
  };
  const pollers = datasets.map(poll);
  const others = Promise.all(datasets.map((dataset) => domo.dataset(dataset)));
  await sleep(4_000);
  polling = false;
  await Promise.all([...pollers, others]);
  const polls = await Promise.all(
    datasets.map((dataset) => emulator.control.countRequests({ path: "/export/", dataset })),
  );
  expect(Math.max(...polls) - Math.min(...polls)).toBeLessThanOrEqual(1);
  expect(Math.min(...polls)).toBeGreaterThanOrEqual(3);
});
