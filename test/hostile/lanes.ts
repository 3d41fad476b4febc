import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { histories } from "./history";
import type { Figures } from "./run";
import { runHistory } from "./run-history";
import { type Ground, startGround } from "./world";

const runs = Number(process.env.HOSTILE_RUNS ?? 500);
const seed = Number(process.env.HOSTILE_SEED ?? 1);
/** Files that share the histories: each has a process of its own. */
const PARTS = 2;
/** Histories at a time in one process: each waits for servers most of the time. */
const LANES = 12;
/** Of 1,000 histories, 70 % of the ups deliver; the others meet a Domo that can't be exported from. */
const LEAST_DELIVERED = 0.55;

/** Declares the test of one part of the histories. */
export function testHistories(part: number): void {
  let ground: Ground;
  beforeAll(async () => {
    ground = await startGround();
  }, 900_000);
  afterAll(() => ground.stop());

  const share = Math.ceil((runs - part) / PARTS);
  test(
    `${share} histories of hostile Domos keep the guarantees (seed ${seed}, part ${part + 1} of ${PARTS})`,
    { timeout: 120_000 + share * 3_000 },
    async () => {
      const figures: Figures = {
        histories: 0,
        ups: 0,
        delivered: 0,
        compared: 0,
        refused: 0,
        unfinished: 0,
        killed: 0,
        exports: 0,
      };
      const lane = (number: number) =>
        fc.assert(
          fc.asyncProperty(histories, (history) => runHistory(ground, history, figures)),
          {
            seed: seed * 1000 + part * LANES + number,
            numRuns: Math.ceil((share - number) / LANES),
            endOnFailure: process.env.HOSTILE_SHRINK === undefined,
          },
        );
      await Promise.all(Array.from({ length: Math.min(LANES, share) }, (_, number) => lane(number)));
      process.stdout.write(`hostile Domos, seed ${seed}, part ${part + 1}: ${JSON.stringify(figures)}\n`);
      expect(figures.histories).toBeGreaterThanOrEqual(share);
      if (share >= 100) expect(figures.compared / figures.ups).toBeGreaterThan(LEAST_DELIVERED);
    },
  );
}
