import { expect, test } from "vitest";
import { createRequestGate, type GateLimits, type RequestKind } from "../../provider/domo/request-gate";
import { steppedClock } from "../support/test-clock";

const START = 10_000;

function openGate(limits: GateLimits) {
  const stepped = steppedClock(START);
  const slept: number[] = [];
  const clock = {
    ...stepped,
    sleep(ms: number) {
      slept.push(ms);
      return stepped.sleep(ms);
    },
  };
  const gate = createRequestGate(limits, clock);
  const startedAt: number[] = [];
  let inFlight = 0;
  let peak = 0;
  const request = (kind: RequestKind, lasts: number) =>
    gate.run(kind, async () => {
      startedAt.push(clock.now() - START);
      peak = Math.max(peak, ++inFlight);
      await stepped.sleep(lasts);
      inFlight--;
    });
  return { clock, gate, startedAt, request, peak: () => peak, slept };
}

test("no more requests are in flight than the bound", async () => {
  const { clock, request, startedAt, peak } = openGate({ maxInFlight: 3, perSecond: 1000, burst: 1000 });
  const all = Promise.all(Array.from({ length: 9 }, () => request("read", 100)));
  await clock.advance(400);
  await all;
  expect(peak()).toBe(3);
  expect(startedAt).toEqual([0, 0, 0, 100, 100, 100, 200, 200, 200]);
});

test("after a burst at once, requests start at the rate", async () => {
  const { clock, request, startedAt } = openGate({ maxInFlight: 100, perSecond: 10, burst: 15 });
  const all = Promise.all(Array.from({ length: 20 }, () => request("read", 0)));
  await clock.advance(2_000);
  await all;
  expect(startedAt).toEqual([...Array<number>(15).fill(0), 100, 200, 300, 400, 500]);
});

test("what is not used fills the burst again, and no more than that", async () => {
  const { clock, request, startedAt } = openGate({ maxInFlight: 100, perSecond: 10, burst: 5 });
  const first = Promise.all(Array.from({ length: 5 }, () => request("read", 0)));
  await clock.advance(60_000);
  await first;
  const all = Promise.all(Array.from({ length: 7 }, () => request("read", 0)));
  await clock.advance(1_000);
  await all;
  expect(startedAt.slice(5)).toEqual([...Array<number>(5).fill(60_000), 60_100, 60_200]);
});

test("polls leave a quarter of the burst, which others have at once", async () => {
  const { clock, request, startedAt } = openGate({ maxInFlight: 100, perSecond: 1, burst: 21 });
  const polls = Promise.all(Array.from({ length: 30 }, () => request("poll", 0)));
  await clock.advance(500);
  expect(startedAt).toHaveLength(16);
  const reads = Promise.all(Array.from({ length: 5 }, () => request("read", 0)));
  await clock.advance(0);
  expect(startedAt.slice(16)).toEqual(Array(5).fill(500));
  await clock.advance(60_000);
  await Promise.all([polls, reads]);
});

test("a read that comes while polls wait long for the bucket is not held back by them", async () => {
  const { clock, request, startedAt } = openGate({ maxInFlight: 100, perSecond: 0.1, burst: 41 });
  const polls = Promise.all(Array.from({ length: 32 }, () => request("poll", 0)));
  const reads = Promise.all(Array.from({ length: 11 }, () => request("read", 0)));
  await clock.advance(60_000);
  // Ten tokens are left for the eleven reads; the last poll waits until the bucket is full by a quarter again.
  expect(startedAt).toEqual([...Array<number>(41).fill(0), 10_000]);
  await clock.advance(600_000);
  await Promise.all([polls, reads]);
});

test("a start goes before all waiting reads, and a read before all waiting polls", async () => {
  const { clock, gate } = openGate({ maxInFlight: 1, perSecond: 1000, burst: 1000 });
  const order: string[] = [];
  const take = (kind: RequestKind, name: string) =>
    gate.run(kind, async () => {
      order.push(name);
      await clock.sleep(10);
    });
  const all = Promise.all([
    take("read", "read 1"),
    take("poll", "the poll"),
    take("read", "read 2"),
    take("start", "the start"),
  ]);
  await clock.advance(100);
  await all;
  expect(order).toEqual(["read 1", "the start", "read 2", "the poll"]);
});

test("a slow-down halves the rate, empties the burst and holds everyone back for the pause", async () => {
  const { clock, gate, request, startedAt } = openGate({ maxInFlight: 10, perSecond: 8, burst: 8 });
  gate.slowDown(3_000);
  expect(gate.rate).toBe(4);
  const all = Promise.all([request("start", 0), request("read", 0)]);
  await clock.advance(10_000);
  await all;
  expect(startedAt[0]).toBe(3_000);
  expect((startedAt[1] ?? 0) - 3_000).toBeCloseTo(250, -1);
});

test("refusals of one burst halve the rate once, and the longest pause counts", async () => {
  const { clock, gate, request, startedAt } = openGate({ maxInFlight: 16, perSecond: 16, burst: 16 });
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

test("a slow-down halves the burst too, so that a pause is not followed by the same number at once", async () => {
  const { clock, gate, request, startedAt } = openGate({ maxInFlight: 100, perSecond: 10, burst: 40 });
  gate.slowDown(0);
  await clock.advance(60_000);
  const all = Promise.all(Array.from({ length: 30 }, () => request("start", 0)));
  await clock.advance(0);
  expect(startedAt).toHaveLength(20);
  await clock.advance(60_000);
  await all;
});

test("the rate never falls below one request in five seconds", () => {
  const { gate } = openGate({ maxInFlight: 1, perSecond: 20, burst: 20 });
  for (let count = 0; count < 50; count++) gate.slowDown(0);
  expect(gate.rate).toBe(0.2);
});

test("a hundred answers win back a halved rate, and no more than that", async () => {
  const { clock, gate, request } = openGate({ maxInFlight: 10, perSecond: 20, burst: 20 });
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
  const { clock, gate } = openGate({ maxInFlight: 1, perSecond: 20, burst: 20 });
  gate.slowDown(0);
  const failed = gate.run("read", () => Promise.reject(new Error("reset")));
  await expect(failed).rejects.toThrow("reset");
  expect(gate.rate).toBe(10);
  const next = gate.run("read", () => Promise.resolve("answer"));
  await clock.advance(1_000);
  expect(await next).toBe("answer");
});

test("polls are served in the order in which they came, so that a poller that comes back stands behind all others", async () => {
  const { clock, gate } = openGate({ maxInFlight: 1, perSecond: 2, burst: 2 });
  const turns: string[] = [];
  const poll = async (name: string) => {
    for (let count = 0; count < 5; count++) await gate.run("poll", () => Promise.resolve(turns.push(name)));
  };
  const all = Promise.all(["a", "b", "c", "d"].map(poll));
  await clock.advance(20_000);
  await all;
  expect(turns.join("")).toBe("abcd".repeat(5));
});

test("a burst of one is never more, however long nobody asks", async () => {
  const { clock, request, startedAt } = openGate({ maxInFlight: 10, perSecond: 10, burst: 1 });
  await clock.advance(60_000);
  const all = Promise.all(Array.from({ length: 3 }, () => request("read", 0)));
  await clock.advance(1_000);
  await all;
  expect(startedAt).toEqual([60_000, 60_100, 60_200]);
});

test("a pause that finds the bucket empty is followed by the wait for a token", async () => {
  const { clock, gate, request, startedAt } = openGate({ maxInFlight: 10, perSecond: 1, burst: 2 });
  const all = Promise.all(Array.from({ length: 2 }, () => request("read", 0)));
  await clock.advance(0);
  gate.slowDown(3_000);
  const next = request("read", 0);
  await clock.advance(10_000);
  await Promise.all([all, next]);
  expect(startedAt).toEqual([0, 0, 3_000 + 2_000]);
});

test("a pause lasts two minutes at most", async () => {
  const { clock, gate, request, startedAt } = openGate({ maxInFlight: 1, perSecond: 1, burst: 1 });
  gate.slowDown(600_000);
  const next = request("read", 0);
  await clock.advance(200_000);
  await next;
  expect(startedAt).toEqual([120_000]);
});

test("those that wait share one timer, and a second one only for who may go earlier", async () => {
  const { clock, request, startedAt, slept } = openGate({ maxInFlight: 100, perSecond: 1, burst: 9 });
  const all = Promise.all(Array.from({ length: 9 }, () => request("read", 0)));
  const polls = Promise.all([request("poll", 0), request("poll", 0)]);
  expect(slept).toEqual([3_000]);
  const read = request("read", 0);
  expect(slept).toEqual([3_000, 1_000]);
  await clock.advance(4_500);
  // The read has taken the token of the first second.
  expect(startedAt).toEqual([...Array<number>(9).fill(0), 1_000, 4_000]);
  expect(slept).toEqual([3_000, 1_000, 3_000, 1_000]);
  await clock.advance(1_000);
  await Promise.all([all, polls, read]);
});
