import { expect, test } from "vitest";
import { phases } from "./row";
import { allRows } from "./rows";

test("every fault has a cell for every phase, and every cell has a run or a reason", () => {
  for (const { fault, cells } of allRows) {
    expect({ fault, phases: Object.keys(cells).sort() }).toEqual({ fault, phases: [...phases].sort() });
    for (const cell of Object.values(cells)) {
      if ("map" in cell) expect(cell.length).toBeGreaterThan(0);
      else if ("shownBy" in cell) expect(cells[cell.shownBy]).toHaveProperty("length");
      else expect(cell.notApplicable).not.toBe("");
    }
  }
});

test("no two faults have one name", () => {
  expect(new Set(allRows.map(({ fault }) => fault)).size).toBe(allRows.length);
});
