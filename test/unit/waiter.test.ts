import { expect, test } from "vitest";
import type { DomoExport } from "../../provider/domo-answers";
import { ExportTimeoutError } from "../../provider/errors";
import { nextDelay, usualLength, waitForEnd } from "../../provider/waiter";
import { leapingClock } from "../support/test-clock";

const middle = () => 0.5;
const entry = (more: Partial<DomoExport>): DomoExport =>
  ({ exportId: "e", status: "exporting", urlRowCountMap: {}, ...more }) as DomoExport;
const finished = (id: string, started: string, seconds: number, status = "success"): DomoExport =>
  entry({ exportId: id, status, started, finished: new Date(Date.parse(started) + seconds * 1000).toISOString() });

test.each([
  { elapsedMs: 0, delay: 250 },
  { elapsedMs: 1_000, delay: 500 },
  { elapsedMs: 100_000, delay: 25_250 },
  { elapsedMs: 3_600_000, delay: 45_000 },
])("without a usual length, the delay after $elapsedMs ms is $delay ms: a quarter, at most 45 s", (row) => {
  expect(nextDelay({ elapsedMs: row.elapsedMs, random: middle })).toBeCloseTo(row.delay);
});

const usual = { median: 40_000, from: 32_000, to: 50_000 };

test.each([
  { elapsedMs: 0, delay: 32_000, why: "sleeps until ends are to be expected" },
  { elapsedMs: 32_000, delay: 1_000, why: "looks closely" },
  { elapsedMs: 49_000, delay: 1_000, why: "still looks closely" },
  { elapsedMs: 50_000, delay: 1_000, why: "goes on closely" },
  { elapsedMs: 60_000, delay: 3_500, why: "takes a share of what has passed since ends were to be expected" },
])("with a usual length of 40 s, the wait after $elapsedMs ms $why", ({ elapsedMs, delay }) => {
  expect(nextDelay({ elapsedMs, usual, random: middle })).toBeCloseTo(delay);
});

test("jitter never carries the quiet time beyond its end", () => {
  expect(nextDelay({ elapsedMs: 0, usual, random: () => 0.999 })).toBe(32_000);
  expect(nextDelay({ elapsedMs: 0, usual, random: () => 0 })).toBeCloseTo(28_800);
});

test("lengths that differ widely are looked for in twenty steps", () => {
  expect(nextDelay({ elapsedMs: 50_000, usual: { median: 40_000, from: 9_500, to: 630_000 }, random: middle })).toBe(
    31_025,
  );
});

test("a usual length of hours still means a look at least every eighth of it", () => {
  const hours = { median: 7_200_000, from: 5_760_000, to: 9_000_000 };
  expect(nextDelay({ elapsedMs: 0, usual: hours, random: middle })).toBeCloseTo(900_000);
});

test("an export of ten minutes of which nothing is known costs at most 39 looks, whatever the jitter", () => {
  for (const chance of [0, 0.25, 0.5, 0.75, 0.999]) {
    let [elapsedMs, looks] = [0, 1];
    for (; elapsedMs < 600_000; looks++) elapsedMs += nextDelay({ elapsedMs, random: () => chance });
    expect(looks).toBeLessThanOrEqual(39);
  }
});

test("jitter takes or adds at most a tenth", () => {
  expect(nextDelay({ elapsedMs: 100_000, random: () => 0 })).toBeCloseTo(22_725);
  expect(nextDelay({ elapsedMs: 100_000, random: () => 0.999999 })).toBeCloseTo(27_775, 0);
});

test("the usual length is told by the last five that succeeded: their median, and their range with room to differ", () => {
  const listed = [
    finished("old", "2026-01-01T00:00:00Z", 9_999),
    finished("a", "2026-01-02T00:00:00Z", 50),
    finished("b", "2026-01-03T00:00:00Z", 10),
    finished("c", "2026-01-04T00:00:00Z", 40),
    finished("d", "2026-01-05T00:00:00Z", 20),
    finished("e", "2026-01-06T00:00:00Z", 30),
    finished("failed", "2026-01-07T00:00:00Z", 1, "error"),
    entry({ exportId: "running", started: "2026-01-08T00:00:00Z" }),
  ];
  expect(usualLength(listed)).toEqual({ median: 30_000, from: 9_500, to: 52_500 });
  expect(usualLength([...listed].reverse())).toEqual(usualLength(listed));
  expect(usualLength(listed.slice(1, 2))).toEqual({ median: 50_000, from: 40_000, to: 62_500 });
});

test("without a finished export there is no usual length", () => {
  expect(usualLength([entry({ started: "2026-01-08T00:00:00Z" })])).toBeUndefined();
});

test("the first look is at once, and each later one after a delay", async () => {
  const clock = leapingClock();
  const answers = ["none", "exporting", "success"];
  const seen: string[] = [];
  const { ended } = await waitForEnd({
    clock,
    exportId: "e",
    deadline: 60_000,
    wayOut: "run again",
    look: () => Promise.resolve([entry({ status: answers.shift() ?? "" })]),
    onLook: ({ status, looks, elapsedMs }) => seen.push(`${looks} ${status} ${elapsedMs}`),
  });
  expect(ended.status).toBe("success");
  expect(seen).toEqual(["1 none 0", "2 exporting 250"]);
  expect(clock.slept).toEqual([250, 312.5]);
});

test("a wait that is too long looks a last time at its deadline and counts what it saw", async () => {
  const clock = leapingClock();
  let looks = 0;
  const wait = waitForEnd({
    clock,
    exportId: "e",
    deadline: 1_000,
    wayOut: "raise timeoutSeconds",
    look: () => Promise.resolve(++looks === 1 ? [] : [entry({})]),
  });
  await expect(wait).rejects.toThrow(
    new ExportTimeoutError(`Waited 1 s for export e and saw "absent" 1×, "exporting" 4× — raise timeoutSeconds`),
  );
  expect(clock.now()).toBe(1_000);
});

test("a list that was just read is the first look, and the time that an export had been running counts", async () => {
  const clock = leapingClock();
  let looks = 0;
  await waitForEnd({
    clock,
    exportId: "e",
    deadline: 60_000,
    wayOut: "run again",
    alreadyMs: 31_000,
    usual,
    listed: [entry({})],
    look: () => Promise.resolve([entry({ status: ++looks === 2 ? "success" : "exporting" })]),
  });
  expect(clock.slept).toEqual([1_000, 1_000]);
});
