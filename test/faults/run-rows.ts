import { afterAll, beforeAll, describe, test, vi } from "vitest";
import { type Ground, openCell, startGround } from "./cell";
import { casesOf, type Row } from "./row";
import { runCase } from "./run-case";

/** No run may take longer: what hangs fails. */
const TIME_LIMIT_MS = 120_000;

/** Declares the tests of some rows: each run has a cell of its own, and some run at a time. */
export function testRows(rows: readonly Row[], atATime = 10): void {
  vi.setConfig({ maxConcurrency: atATime });
  let ground: Ground;
  beforeAll(async () => {
    ground = await startGround();
  }, 120_000);
  afterAll(() => ground.stop());

  describe.concurrent("fault matrix", () => {
    for (const one of casesOf(rows)) {
      test(one.name, { timeout: TIME_LIMIT_MS }, async () => {
        const cell = await openCell(ground, one.strike);
        try {
          await runCase(cell, one);
        } finally {
          await cell.close();
        }
      });
    }
  });
}
