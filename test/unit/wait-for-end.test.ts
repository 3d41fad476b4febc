import { expect, test } from "vitest";
import { ExportTimeoutError } from "../../provider/errors";
import type { UsualLength } from "../../provider/domo/usual-length";
import { nextDelay, waitForEnd } from "../../provider/domo/wait-for-end";
import { listedExport } from "../support/listed-export";
import { leapingClock } from "../support/test-clock";

const middle = () => 0.5;

function looksInTenMinutes(chance: number, usual?: UsualLength): number {
  let [elapsedMs, looks] = [0, 1];
  for (; elapsedMs < 600_000; looks++) elapsedMs += nextDelay({ elapsedMs, usual, random: () => chance });
  return looks;
}

test.each([
  { elapsedMs: 0, delay: 250 },
  { elapsedMs: 1_000, delay: 500 },
  { elapsedMs: 100_000, delay: 25_250 },
  { elapsedMs: 3_600_000, delay: 45_000 },
])("without a usual length, the delay after $elapsedMs ms is $delay ms: a quarter, at most 45 s", (row) => {
  expect(nextDelay({ elapsedMs: row.elapsedMs, random: middle })).toBeCloseTo(row.delay);
});

const usual = { median: 40_000, from: 32_000, to: 50_000, guessed: false };

test.each([
  { guessed: false, elapsedMs: 0, delay: 32_000, why: "sleeps until ends are to be expected" },
  { guessed: false, elapsedMs: 32_000, delay: 1_000, why: "looks closely" },
  { guessed: false, elapsedMs: 49_000, delay: 1_000, why: "still looks closely" },
  { guessed: false, elapsedMs: 50_000, delay: 1_000, why: "goes on closely" },
  { guessed: false, elapsedMs: 60_000, delay: 3_500, why: "takes a share of what has passed since" },
  { guessed: true, elapsedMs: 0, delay: 250, why: "does not trust it" },
  { guessed: true, elapsedMs: 3_000, delay: 1_250, why: "takes a third of what has passed" },
  { guessed: true, elapsedMs: 29_000, delay: 3_000, why: "is over when ends are to be expected" },
  { guessed: true, elapsedMs: 31_000, delay: 1_500, why: "begins to look closely" },
  { guessed: true, elapsedMs: 49_000, delay: 1_500, why: "looks closely" },
  { guessed: true, elapsedMs: 59_000, delay: 4_500, why: "takes a share of what has passed since" },
])(
  "with a usual length of 40 s (guessed: $guessed), the wait after $elapsedMs ms $why",
  ({ elapsedMs, delay, guessed }) => {
    expect(nextDelay({ elapsedMs, usual: { ...usual, guessed }, random: middle })).toBeCloseTo(delay);
  },
);

test("jitter never carries the quiet time beyond its end", () => {
  expect(nextDelay({ elapsedMs: 0, usual, random: () => 0.999 })).toBe(32_000);
  expect(nextDelay({ elapsedMs: 0, usual, random: () => 0 })).toBeCloseTo(28_800);
});

test("lengths that differ widely are looked for in twenty steps", () => {
  expect(
    nextDelay({
      elapsedMs: 50_000,
      usual: { median: 40_000, from: 9_500, to: 630_000, guessed: false },
      random: middle,
    }),
  ).toBe(31_025);
});

test("a usual length of hours still means a look at least every eighth of it", () => {
  const hours = { median: 7_200_000, from: 5_760_000, to: 9_000_000, guessed: false };
  expect(nextDelay({ elapsedMs: 0, usual: hours, random: middle })).toBeCloseTo(900_000);
});

test("an export of ten minutes of which nothing is known costs at most 39 looks, whatever the jitter", () => {
  for (const chance of [0, 0.25, 0.5, 0.75, 0.999]) {
    expect(looksInTenMinutes(chance)).toBeLessThanOrEqual(39);
  }
});

test("jitter takes or adds at most a tenth", () => {
  expect(nextDelay({ elapsedMs: 100_000, random: () => 0 })).toBeCloseTo(22_725);
  expect(nextDelay({ elapsedMs: 100_000, random: () => 0.999999 })).toBeCloseTo(27_775, 0);
});

test("an export of ten minutes costs at most 40 looks when a guess was right, and at most 55 when it was wrong", () => {
  for (const guessed of [1_000, 60_000, 500_000, 600_000, 700_000, 6_000_000]) {
    const usual = { median: guessed, from: guessed * 0.8, to: guessed * 1.25, guessed: true };
    const isRight = usual.from <= 600_000 && usual.to >= 600_000;
    for (const chance of [0, 0.25, 0.5, 0.75, 0.999]) {
      expect(looksInTenMinutes(chance, usual), `guessed ${guessed}, chance ${chance}`).toBeLessThanOrEqual(
        isRight ? 40 : 55,
      );
    }
  }
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
    look: () => Promise.resolve([listedExport({ status: answers.shift() ?? "" })]),
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
    look: () => Promise.resolve(++looks === 1 ? [] : [listedExport({})]),
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
    usual: () => usual,
    listed: [listedExport({})],
    look: () => Promise.resolve([listedExport({ status: ++looks === 2 ? "success" : "exporting" })]),
  });
  expect(clock.slept).toEqual([1_000, 1_000]);
});

test("the list in which the export has ended is asked for the usual length too, so that others learn from it", async () => {
  const asked: string[] = [];
  await waitForEnd({
    clock: leapingClock(),
    exportId: "e",
    deadline: 60_000,
    wayOut: "run again",
    usual: (listed) => {
      asked.push(...listed.map(({ status }) => status));
      return undefined;
    },
    listed: [listedExport({})],
    look: () => Promise.resolve([listedExport({ status: "success" })]),
  });
  expect(asked).toEqual(["exporting", "success"]);
});
