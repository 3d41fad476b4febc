import { expect, test } from "vitest";
import { createDatasetQueue } from "../../provider/domo/dataset-queue";
import { steppedClock } from "../support/test-clock";

function openQueue() {
  const clock = steppedClock();
  const takeTurn = createDatasetQueue(clock);
  const served: string[] = [];
  const told: string[] = [];
  const visit = async (name: string, lasts = 1_000) => {
    const endTurn = await takeTurn(name, (before) => told.push(`${name} behind ${before.join(", ")}`));
    served.push(`${name} in second ${Math.floor(clock.now() / 1000)}`);
    await clock.sleep(lasts);
    endTurn();
  };
  return { clock, visit, served, told };
}

test("one turn at a time, in the order of names and not of arrival", async () => {
  const { clock, visit, served, told } = openQueue();
  const all = Promise.all([visit("c"), visit("a"), visit("b")]);
  await clock.advance(5_000);
  await all;
  expect(served).toEqual(["a in second 0", "b in second 1", "c in second 2"]);
  expect(told).toEqual(["b behind a", "c behind a, b", "c behind b"]);
});

test("one that comes later waits for the running one and goes before a greater name", async () => {
  const { clock, visit, served, told } = openQueue();
  const early = Promise.all([visit("m"), visit("z")]);
  await clock.advance(500);
  const late = visit("a");
  await clock.advance(5_000);
  await Promise.all([early, late]);
  expect(served).toEqual(["m in second 0", "a in second 1", "z in second 2"]);
  expect(told).toContain("a behind m");
});

test("a queue that has emptied serves again", async () => {
  const { clock, visit, served } = openQueue();
  const first = visit("a", 10);
  await clock.advance(1_000);
  await first;
  const second = visit("a", 10);
  await clock.advance(1_000);
  await second;
  expect(served).toEqual(["a in second 0", "a in second 1"]);
});

test("arrivals of the first 50 ms are served by their names, those of equal names as they came", async () => {
  const { clock, visit, served } = openQueue();
  const first = visit("b");
  await clock.advance(49);
  const rest = Promise.all([visit("a", 1_000), visit("a", 2_000)]);
  expect(served).toEqual([]);
  await clock.advance(1);
  expect(served).toEqual(["a in second 0"]);
  await clock.advance(5_000);
  await Promise.all([first, rest]);
  expect(served).toEqual(["a in second 0", "a in second 1", "b in second 3"]);
});
