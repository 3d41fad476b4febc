import { expect, test } from "vitest";
import { createRequestGate, type GateLimits, type RequestGate } from "../../provider/domo/request-gate";
import { steppedClock } from "../support/test-clock";

const START = 10_000;

function openGate(limits: GateLimits) {
  const clock = steppedClock(START);
  const gate = createRequestGate(limits, clock);
  const startedAt: number[] = [];
  let inFlight = 0;
  let peak = 0;
  const request = (kind: Parameters<RequestGate["run"]>[0], lasts: number) =>
    gate.run(kind, async () => {
      startedAt.push(clock.now() - START);
      peak = Math.max(peak, ++inFlight);
      await clock.sleep(lasts);
      inFlight--;
    });
  return { clock, gate, startedAt, request, peak: () => peak };
}

test("no more requests are in flight than the bound", async () => {
  const { clock, request, startedAt, peak } = openGate({ maxInFlight: 3, perSecond: 1000 });
  const all = Promise.all(Array.from({ length: 9 }, () => request("read", 100)));
  await clock.advance(400);
  await all;
  expect(peak()).toBe(3);
  expect(startedAt).toEqual([0, 0, 0, 100, 100, 100, 200, 200, 200]);
});

test("after a second's worth at once, requests start at the rate", async () => {
  const { clock, request, startedAt } = openGate({ maxInFlight: 100, perSecond: 10 });
  const all = Promise.all(Array.from({ length: 20 }, () => request("read", 0)));
  await clock.advance(2_000);
  await all;
  expect(startedAt).toEqual([
    ...Array<number>(11).fill(0),
    ...Array.from({ length: 9 }, (_, index) => 100 * (index + 1)),
  ]);
});

test("a start goes before all waiting reads", async () => {
  const { clock, gate } = openGate({ maxInFlight: 1, perSecond: 1000 });
  const order: string[] = [];
  const take = (kind: "start" | "read", name: string) =>
    gate.run(kind, async () => {
      order.push(name);
      await clock.sleep(10);
    });
  const all = Promise.all([take("read", "read 1"), take("read", "read 2"), take("start", "the start")]);
  await clock.advance(100);
  await all;
  expect(order).toEqual(["read 1", "the start", "read 2"]);
});

test("a slow-down halves the rate and holds everyone back for the pause", async () => {
  const { clock, gate, request, startedAt } = openGate({ maxInFlight: 10, perSecond: 8 });
  gate.slowDown(3_000);
  expect(gate.rate).toBe(4);
  const all = Promise.all([request("start", 0), request("read", 0)]);
  await clock.advance(10_000);
  await all;
  expect(startedAt[0]).toBe(3_000);
  expect((startedAt[1] ?? 0) - 3_000).toBeCloseTo(250, -1);
});

test("refusals of one burst halve the rate once, and the longest pause counts", async () => {
  const { clock, gate, request, startedAt } = openGate({ maxInFlight: 16, perSecond: 16 });
  await clock.advance(100);
  for (const pause of [1_000, 3_000, 2_000]) gate.slowDown(pause, START);
  expect(gate.rate).toBe(8);
  gate.slowDown(0, START + 100);
  expect(gate.rate).toBe(4);
  const next = request("read", 0);
  await clock.advance(5_000);
  await next;
  expect(startedAt).toEqual([3_100]);
});

test("the rate never falls below one request in five seconds", () => {
  const { gate } = openGate({ maxInFlight: 1, perSecond: 20 });
  for (let count = 0; count < 50; count++) gate.slowDown(0);
  expect(gate.rate).toBe(0.2);
});

test("a hundred answers win back a halved rate, and no more than that", async () => {
  const { clock, gate, request } = openGate({ maxInFlight: 10, perSecond: 20 });
  gate.slowDown(0);
  const half = Promise.all(Array.from({ length: 50 }, () => request("read", 0)));
  await clock.advance(60_000);
  await half;
  expect(gate.rate).toBeCloseTo(15);
  const rest = Promise.all(Array.from({ length: 80 }, () => request("read", 0)));
  await clock.advance(60_000);
  await rest;
  expect(gate.rate).toBe(20);
});

test("a failed request frees its place and wins nothing back", async () => {
  const { clock, gate } = openGate({ maxInFlight: 1, perSecond: 20 });
  gate.slowDown(0);
  const failed = gate.run("read", () => Promise.reject(new Error("reset")));
  await expect(failed).rejects.toThrow("reset");
  expect(gate.rate).toBe(10);
  const next = gate.run("read", () => Promise.resolve("answer"));
  await clock.advance(1_000);
  expect(await next).toBe("answer");
});

test("reads are served in the order in which they came, so that a poller that comes back stands behind all others", async () => {
  const { clock, gate } = openGate({ maxInFlight: 1, perSecond: 2 });
  const turns: string[] = [];
  const poll = async (name: string) => {
    for (let count = 0; count < 5; count++) await gate.run("read", () => Promise.resolve(turns.push(name)));
  };
  const all = Promise.all(["a", "b", "c", "d"].map(poll));
  await clock.advance(20_000);
  await all;
  expect(turns.join("")).toBe("abcd".repeat(5));
});
