import { expect, test } from "vitest";
import { shardOf } from "../../examples/sharded-catalogue/shards";

const datasets = Array.from(
  { length: 1000 },
  (_, index) => `5b1f7c0e-4d7a-4c83-9f52-${String(index).padStart(12, "0")}`,
);

test("a dataset's shard depends on nothing but its id, in whatever case, and the number of shards", () => {
  expect(datasets.slice(0, 4).map((id) => shardOf(id, 8))).toEqual(["shard-5", "shard-5", "shard-3", "shard-3"]);
  expect(shardOf(datasets[0]!.toUpperCase(), 8)).toBe(shardOf(datasets[0]!, 8));
});

test("shards get shares of about one size", () => {
  const sizes = new Map<string, number>();
  for (const id of datasets) sizes.set(shardOf(id, 8), (sizes.get(shardOf(id, 8)) ?? 0) + 1);
  expect(sizes.size).toBe(8);
  for (const size of sizes.values()) expect(Math.abs(size - 125)).toBeLessThan(40);
});

test("a ninth shard takes over a ninth of the datasets, and no other dataset moves", () => {
  const moved = datasets.filter((id) => shardOf(id, 9) !== shardOf(id, 8));
  expect(new Set(moved.map((id) => shardOf(id, 9)))).toEqual(new Set(["shard-9"]));
  expect(moved.length).toBeGreaterThan(70);
  expect(moved.length).toBeLessThan(150);
});
