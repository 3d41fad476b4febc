import { expect, test } from "vitest";
import { readDelay } from "../../provider/domo/client";
import { DomoAnswerError, DomoConnectionError, DomoStatusError } from "../../provider/errors";
import { backoff, retry } from "../../provider/host/retry";
import { leapingClock } from "../support/test-clock";

const status = (code: number, retryAfterMs?: number) => new DomoStatusError("m", code, retryAfterMs);

test.each([
  ["a reset", new DomoConnectionError("m", false), 187.5],
  ["a 429", status(429), 187.5],
  ["a 429 that asks for 7 s", status(429, 7_000), 7_000],
  ["a 429 that asks for less than the backoff", status(429, 1), 187.5],
  ["a 500", status(500), 187.5],
  ["a 503 that asks for 9 s", status(503, 9_000), 9_000],
  ["a 400", status(400), undefined],
  ["a 401", status(401), undefined],
  ["a 403", status(403), undefined],
  ["a 404", status(404), undefined],
  ["a redirect", status(302), undefined],
  ["a 499", status(499), undefined],
  ["an answer of the wrong shape", new DomoAnswerError("m", false), undefined],
  ["an answer that broke off", new DomoAnswerError("m", true), 187.5],
  ["a bug", new TypeError("m"), undefined],
])("%s waits %s ms before the second read", (_, error, delay) => {
  expect(readDelay(error, 1, leapingClock())).toBe(delay);
});

test("the waits between reads double, up to ten seconds", () => {
  const delays = [1, 2, 3, 6, 7, 20].map((attempt) => readDelay(status(500), attempt, leapingClock()));
  expect(delays).toEqual([187.5, 375, 750, 6_000, 7_500, 7_500]);
});

test("delays double up to the cap, with jitter in their upper half", () => {
  const limits = { baseMs: 250, capMs: 10_000 };
  const longest = Array.from({ length: 8 }, (_, index) => backoff(index + 1, limits, () => 1));
  expect(longest).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  expect(backoff(1_000_000, limits, () => 0)).toBe(5_000);
});

test("no try starts after the budget, and the last error is the one thrown", async () => {
  const clock = leapingClock();
  let tries = 0;
  const run = retry(() => Promise.reject(new Error(`try ${++tries}`)), {
    clock,
    budgetMs: 10_000,
    delayFor: () => 3_000,
  });
  await expect(run).rejects.toThrow("try 4");
  expect(clock.now()).toBe(9_000);
});

test("an error that is final is thrown at once", async () => {
  const clock = leapingClock();
  const run = retry(() => Promise.reject(new Error("final")), { clock, budgetMs: 10_000, delayFor: () => undefined });
  await expect(run).rejects.toThrow("final");
  expect(clock.slept).toEqual([]);
});
