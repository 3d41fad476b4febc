import { expect, test } from "vitest";
import { sharedRead } from "../../provider/host/shared-read";
import { steppedClock } from "../support/test-clock";

test("an answer is shared by all who ask for the same, for as long as it holds from when it was asked for", async () => {
  const clock = steppedClock();
  const asked: string[] = [];
  const read = sharedRead(clock, 1_000, (dataset: string) => Promise.resolve(asked.push(dataset)));
  expect(await Promise.all([read("a"), read("b"), read("a")])).toEqual([1, 2, 1]);
  await clock.advance(999);
  expect(await read("a")).toBe(1);
  await clock.advance(1);
  expect(await read("a")).toBe(3);
  expect(asked).toEqual(["a", "b", "a"]);
});

test("a failed read fails for all who wait for it, and is made again for the next one who asks", async () => {
  let asked = 0;
  const read = sharedRead(steppedClock(), Infinity, () =>
    ++asked === 1 ? Promise.reject(new Error("reset")) : Promise.resolve(asked),
  );
  const both = await Promise.allSettled([read(), read()]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await read()).toBe(2);
});

test("a forgotten answer is asked for again, and a late failure of the forgotten read does not take the new one away", async () => {
  let asked = 0;
  let fail = () => {};
  const read = sharedRead(steppedClock(), Infinity, () =>
    ++asked === 1
      ? new Promise<number>((_, reject) => (fail = () => reject(new Error("late"))))
      : Promise.resolve(asked),
  );
  const first = read();
  read.forget();
  expect(await read()).toBe(2);
  fail();
  await expect(first).rejects.toThrow("late");
  expect(await read()).toBe(2);
});
