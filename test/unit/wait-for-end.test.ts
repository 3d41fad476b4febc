import { expect, test } from "vitest";
import { ExportTimeoutError } from "../../provider/errors";
import { nextDelay, waitForEnd } from "../../provider/domo/wait-for-end";
import { listedExport } from "../support/listed-export";
import { leapingClock } from "../support/test-clock";

const pastExport = listedExport({
  exportId: "past",
  status: "success",
  started: "2026-01-01T00:00:00Z",
  finished: "2026-01-01T00:00:40Z",
});
const middle = () => 0.5;
const usual = { median: 40_000, from: 32_000, to: 50_000 };

test.each([
  { elapsedMs: 0, delay: 150 },
  { elapsedMs: 2_400, delay: 250 },
  { elapsedMs: 240_000, delay: 10_150 },
  { elapsedMs: 7_200_000, delay: 45_000 },
])("without a usual length, the delay after $elapsedMs ms is $delay ms: 150 ms and a 24th, at most 45 s", (row) => {
  expect(nextDelay(row.elapsedMs, undefined, middle)).toBeCloseTo(row.delay);
});

test.each([
  { elapsedMs: 0, delay: 32_000, why: "sleeps until ends are to be expected" },
  { elapsedMs: 32_000, delay: 1_000, why: "polls closely" },
  { elapsedMs: 49_000, delay: 1_000, why: "still polls closely" },
  { elapsedMs: 50_000, delay: 2_233.33, why: "goes on as if nothing were known" },
])("with a usual length of 40 s, the wait after $elapsedMs ms $why", ({ elapsedMs, delay }) => {
  expect(nextDelay(elapsedMs, usual, middle)).toBeCloseTo(delay);
});

test("jitter never carries the quiet time beyond its end", () => {
  expect(nextDelay(0, usual, () => 0.999)).toBe(32_000);
  expect(nextDelay(0, usual, () => 0)).toBeCloseTo(28_800);
});

test("close polls are a tenth of a second apart at least, and their jitter goes both ways", () => {
  expect(nextDelay(1_000, { median: 1_000, from: 800, to: 1_250 }, middle)).toBe(100);
  expect(nextDelay(31_000, usual, () => 0)).toBeCloseTo(900);
  expect(nextDelay(31_000, usual, () => 0.75)).toBeCloseTo(1_050);
});

test("in a quiet time of minutes there is a poll a minute", () => {
  expect(nextDelay(0, { median: 300_000, from: 240_000, to: 375_000 }, middle)).toBe(60_000);
});

test("lengths that differ widely are polled for in twenty steps", () => {
  expect(nextDelay(50_000, { median: 40_000, from: 9_500, to: 630_000 }, middle)).toBe(31_025);
});

test("a usual length of hours still means a poll at least every eighth of it", () => {
  const hours = { median: 7_200_000, from: 5_760_000, to: 9_000_000 };
  expect(nextDelay(0, hours, middle)).toBeCloseTo(900_000);
});

test("jitter takes or adds at most a tenth", () => {
  expect(nextDelay(240_000, undefined, () => 0)).toBeCloseTo(9_135);
  expect(nextDelay(240_000, undefined, () => 0.999999)).toBeCloseTo(11_165, 0);
});

test("the first poll is at once, and each later one after a delay", async () => {
  const clock = leapingClock();
  const answers = ["none", "exporting", "success"];
  const seen: string[] = [];
  const ended = await waitForEnd({
    clock,
    exportId: "e",
    deadline: 60_000,
    advice: "run again",
    poll: () => Promise.resolve([listedExport({ status: answers.shift() ?? "" })]),
    onPoll: ({ status, elapsedMs }) => seen.push(`${status} ${elapsedMs}`),
  });
  expect(ended.status).toBe("success");
  expect(seen).toEqual(["none 0", "exporting 150"]);
  expect(clock.slept).toEqual([150, 156.25]);
});

test("a wait that is too long polls a last time at its deadline and counts what it saw", async () => {
  const clock = leapingClock();
  let polls = 0;
  const wait = waitForEnd({
    clock,
    exportId: "e",
    deadline: 1_000,
    advice: "raise timeoutSeconds",
    poll: () => Promise.resolve(++polls === 1 ? [] : [listedExport({})]),
  });
  await expect(wait).rejects.toThrow(
    new ExportTimeoutError(
      `Waited 1 s for export e, whose status was "absent" 1×, "exporting" 7× — raise timeoutSeconds`,
    ),
  );
  expect(clock.now()).toBe(1_000);
});

test.each([
  { since: undefined, waited: 2 },
  { since: -494_000, waited: 501 },
])("a wait that began at $since ms says that it took $waited s", async ({ since, waited }) => {
  const clock = leapingClock();
  await clock.sleep(5_000);
  const seen: object[] = [];
  const wait = waitForEnd({
    clock,
    exportId: "e",
    since,
    deadline: 7_000,
    advice: "run again",
    poll: () => Promise.resolve([listedExport({}), pastExport]),
    onPoll: (poll) => seen.push(poll),
  });
  await expect(wait).rejects.toThrow(`Waited ${waited} s for export e, whose status was "exporting" 2× — run again`);
  expect(seen).toEqual([
    { status: "exporting", elapsedMs: 0, usualMs: 40_000 },
    { status: "exporting", elapsedMs: 2_000, usualMs: 40_000 },
  ]);
});

test("a list that was just read is the first poll, and the time that an export had been running counts", async () => {
  const clock = leapingClock();
  let polls = 0;
  await waitForEnd({
    clock,
    exportId: "e",
    deadline: 60_000,
    advice: "run again",
    alreadyMs: 31_000,
    listed: [listedExport({}), pastExport],
    poll: () => Promise.resolve([listedExport({ status: ++polls === 2 ? "success" : "exporting" }), pastExport]),
  });
  expect(clock.slept).toEqual([1_000, 1_000]);
});
