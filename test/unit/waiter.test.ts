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
  { elapsedMs: 0, delay: 100 },
  { elapsedMs: 1_000, delay: 180 },
  { elapsedMs: 100_000, delay: 18_000 },
  { elapsedMs: 3_600_000, delay: 60_000 },
])(
  "without a usual length, the delay after $elapsedMs ms is $delay ms: a share, at least 0.1 s, at most 60 s",
  (row) => {
    expect(nextDelay({ elapsedMs: row.elapsedMs, random: middle })).toBeCloseTo(row.delay);
  },
);

test.each([
  { elapsedMs: 0, delay: 36_000, why: "sleeps until 90 % of it" },
  { elapsedMs: 36_000, delay: 1_000, why: "looks closely around it" },
  { elapsedMs: 49_000, delay: 1_000, why: "still looks closely at 125 %" },
  { elapsedMs: 50_000, delay: 9_000, why: "then takes a share again" },
])("with a usual length of 40 s, the wait after $elapsedMs ms $why", ({ elapsedMs, delay }) => {
  expect(nextDelay({ elapsedMs, expectedMs: 40_000, random: middle })).toBeCloseTo(delay);
});

test("a usual length of hours still means a look at least every eighth of it", () => {
  expect(nextDelay({ elapsedMs: 0, expectedMs: 7_200_000, random: middle })).toBeCloseTo(900_000);
});

test("jitter takes or adds at most a tenth", () => {
  expect(nextDelay({ elapsedMs: 100_000, random: () => 0 })).toBeCloseTo(16_200);
  expect(nextDelay({ elapsedMs: 100_000, random: () => 0.999999 })).toBeCloseTo(19_800, 0);
});

test("the usual length is the median of the last five that succeeded", () => {
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
  expect(usualLength(listed)).toBe(30_000);
  expect(usualLength([...listed].reverse())).toBe(30_000);
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
  expect(seen).toEqual(["1 none 0", "2 exporting 100"]);
  expect(clock.slept).toEqual([100, 100]);
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
    new ExportTimeoutError(`Waited 1 s for export e and saw "absent" 1×, "exporting" 10× — raise timeoutSeconds`),
  );
  expect(clock.now()).toBe(1_000);
});
