import { expect, test } from "vitest";
import { createRequestGate, type RequestGate } from "../../provider/domo/request-gate";
import { waitForEnd } from "../../provider/domo/wait-for-end";
import type { DomoExport } from "../../provider/domo/answers";
import { listedExport } from "../support/listed-export";
import { modelClock, type ModelClock } from "../support/model-clock";

/** Milliseconds from a request to its answer. */
const ANSWER_MS = 20;
const PER_SECOND = 6;

interface Wait {
  length: number;
  /** Milliseconds from the export's end until it was seen. */
  late: number;
  polls: number;
}

/** Waits, in model time and through one gate at the default limits, for exports that all start at once. */
async function waitFor(lengths: number[], seed: number, past: DomoExport[] = []): Promise<Wait[]> {
  const clock = modelClock(seed);
  const gate = createRequestGate({ maxInFlight: 16, perSecond: PER_SECOND, burst: 60 }, clock);
  const all = Promise.all(lengths.map((length) => waitForOne(clock, gate, length, past)));
  await clock.run();
  return all;
}

async function waitForOne(clock: ModelClock, gate: RequestGate, length: number, past: DomoExport[]): Promise<Wait> {
  let polls = 0;
  const poll = () =>
    gate.run("poll", async () => {
      polls++;
      await clock.sleep(ANSWER_MS / 2);
      const status = clock.now() >= length ? "success" : "exporting";
      await clock.sleep(ANSWER_MS / 2);
      return [listedExport({ status }), ...past];
    });
  await waitForEnd({ clock, exportId: "e", deadline: Infinity, advice: "", poll });
  return { length, late: clock.now() - length, polls };
}

/** Lengths around a usual one, at most a fifth shorter or longer. */
function lengthsAround(usual: number, count: number, seed: number): number[] {
  const { random } = modelClock(seed * 1_000);
  return Array.from({ length: count }, () => usual * (0.8 + 0.4 * random()));
}

async function manyWaits(usual: number, waiting: number, rounds: number, past?: DomoExport[]): Promise<Wait[]> {
  const waits: Wait[] = [];
  for (let seed = 1; seed <= rounds; seed++)
    waits.push(...(await waitFor(lengthsAround(usual, waiting, seed), seed, past)));
  return waits;
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
/** How late the median end was seen, in milliseconds beyond 150 ms and 3 % of the export's length. */
const beyondPromise = (waits: Wait[]): number => median(waits.map(({ late, length }) => late - 150 - length * 0.03));

test.each([1_000, 10_000, 60_000, 600_000])(
  "the end of an export of about %i ms of which nothing is known is seen at most 150 ms and 3 %% late at the median",
  async (usual) => {
    const waits = await manyWaits(usual, 1, 200);
    expect(beyondPromise(waits)).toBeLessThanOrEqual(0);
    expect(Math.max(...waits.map(({ late, length }) => late - 300 - length * 0.06))).toBeLessThanOrEqual(0);
  },
);

test("so is the end of exports of any length up to an hour, and each costs fewer than 24 polls a doubling", async () => {
  const { random } = modelClock(7);
  const waits: Wait[] = [];
  for (let seed = 1; seed <= 300; seed++) waits.push(...(await waitFor([500 * 7_200 ** random()], seed)));
  expect(beyondPromise(waits)).toBeLessThanOrEqual(0);
  for (const { length, polls } of waits) expect(polls).toBeLessThanOrEqual(8 + 24 * Math.log2(1 + length / 1_000));
});

test("an export of ten minutes of which nothing is known costs about 120 polls", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const [{ polls } = { polls: NaN }] = await waitFor([600_000], seed);
    expect(polls).toBeGreaterThan(100);
    expect(polls).toBeLessThanOrEqual(128);
  }
});

test.each([10, 40])(
  "with %i datasets waiting, the promise is missed by no more than their share of the rate",
  async (waiting) => {
    for (const usual of [1_000, 10_000, 60_000, 600_000]) {
      const waits = await manyWaits(usual, waiting, 3);
      const round = (waiting / PER_SECOND) * 1_000;
      expect(beyondPromise(waits), `${usual} ms`).toBeLessThanOrEqual(0.6 * round);
      expect(Math.max(...waits.map(({ late, length }) => late - 300 - length * 0.06))).toBeLessThanOrEqual(1.6 * round);
    }
  },
);

test("forty that wait equally long are polled equally often", async () => {
  const polls = (await waitFor(Array<number>(40).fill(60_000), 1)).map((wait) => wait.polls);
  expect(Math.min(...polls)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...polls) - Math.min(...polls)).toBeLessThanOrEqual(2);
});

test("where the usual length is known, a fifth more or less costs few polls, and the end is seen within 2 % at the median", async () => {
  for (const usual of [10_000, 60_000, 600_000]) {
    const past = listedExport({
      exportId: "past",
      status: "success",
      started: new Date(0).toISOString(),
      finished: new Date(usual).toISOString(),
    });
    const waits = await manyWaits(usual, 1, 100, [past]);
    expect(median(waits.map(({ late, length }) => late / length))).toBeLessThanOrEqual(0.02);
    expect(Math.max(...waits.map(({ polls }) => polls))).toBeLessThanOrEqual(30);
  }
});
