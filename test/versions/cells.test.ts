import { expect, test } from "vitest";
import { cellsOf } from "../../local/versions/cells";

test("the matrix has each Node with each SDK that it can run, and each engine", () => {
  const pairs = new Set(cellsOf({}).map(({ node, sdk }) => `${node.split(".")[0]} ${sdk}`));
  expect([...pairs]).toEqual([
    "20 3.200.0",
    "20 3.248.0",
    ...["22", "24"].flatMap((node) => ["3.200.0", "3.248.0", "3.270.0"].map((sdk) => `${node} ${sdk}`)),
  ]);
  expect(cellsOf({})).toHaveLength(16);
});

test("the beginning of a version picks cells", () => {
  expect(cellsOf({ node: "24", sdk: "3.270", engine: "3.274" })).toEqual([
    { node: "24.21.0", sdk: "3.270.0", engine: "3.274.1" },
  ]);
  expect(cellsOf({ node: "20", sdk: "3.270" })).toEqual([]);
});
