import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Ground, openCell, startGround } from "./cell";
import { cases, matrix, phases } from "./matrix";
import { runCase } from "./run-case";
import { strikes } from "./strike";

/** No cell may take longer: what hangs fails. */
const TIME_LIMIT_MS = 60_000;

vi.setConfig({ maxConcurrency: 10 });

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
}, 120_000);
afterAll(() => ground.stop());

const runs = cases().flatMap(({ fault, phase, expected }) =>
  Object.entries(strikes(fault, phase, expected.when)).map(([at, strike]) => ({
    name: `${fault} × ${phase}, ${expected.when} (${at}): ${expected.outcome}`,
    phase,
    expected,
    strike,
  })),
);

describe.concurrent("fault matrix", () => {
  test.each(runs)("$name", { timeout: TIME_LIMIT_MS }, async ({ phase, expected, strike }) => {
    const cell = await openCell(ground, strike.options ?? {});
    try {
      await runCase(cell, phase, expected, strike);
    } finally {
      await cell.close();
    }
  });
});

test("every fault has a cell for every phase, and every cell has a run or a reason", () => {
  for (const { fault, cells } of matrix) {
    expect({ fault, phases: Object.keys(cells) }).toEqual({ fault, phases: [...phases] });
    for (const cell of Object.values(cells)) {
      if ("map" in cell) expect(cell.length).toBeGreaterThan(0);
      else if ("shownBy" in cell) expect(cells[cell.shownBy]).toHaveProperty("length");
      else expect(cell.notApplicable).not.toBe("");
    }
  }
});
