import { expect, test } from "vitest";
import { withAnswer, type AnswerTimes } from "../../provider/domo/answer-times";

/** Takes in the answers and returns the numbers of those at which Domo was found slow. */
function slowAt(answers: readonly number[]): number[] {
  let known: AnswerTimes | undefined;
  const found: number[] = [];
  for (const [index, ms] of answers.entries()) {
    const { times, slow } = withAnswer(known, ms);
    known = times;
    if (slow) found.push(index + 1);
  }
  return found;
}
const repeated = (times: number, ms: number) => Array<number>(times).fill(ms);

test("answers that take four times as long and a second more are slow, after a few of them", () => {
  expect(slowAt([...repeated(20, 300), ...repeated(20, 3_000)])).toEqual([24, 40]);
});

test.each([
  ["fewer than sixteen answers", [300, ...repeated(14, 5_000)]],
  ["one answer that hung", [...repeated(30, 300), 8_000, ...repeated(30, 300)]],
  ["a burst that waited for this process", [...repeated(30, 20), ...repeated(16, 1_000), ...repeated(30, 20)]],
  ["three times as long", [...repeated(30, 1_000), ...repeated(50, 3_000)]],
  ["four times as long, but no second more", [...repeated(30, 50), ...repeated(50, 900)]],
  ["steady answers, however long", repeated(200, 20_000)],
  ["answers that become faster", [...repeated(30, 5_000), ...repeated(50, 100)]],
])("%s: not slow", (_, answers) => {
  expect(slowAt(answers)).toEqual([]);
});

test("a Domo that stays slow is what is usual after a while", () => {
  const found = slowAt([...repeated(30, 300), ...repeated(500, 3_000)]);
  expect(found.length).toBeGreaterThanOrEqual(3);
  expect(found.at(-1)).toBeLessThan(130);
});
