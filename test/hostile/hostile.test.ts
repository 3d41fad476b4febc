import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { histories } from "./history";
import { type Figures, runHistory } from "./run-history";
import { type Ground, startGround } from "./world";

const runs = Number(process.env.HOSTILE_RUNS ?? 500);
const seed = Number(process.env.HOSTILE_SEED ?? 1);
/** Histories at a time: each waits for servers most of the time. */
const LANES = 6;

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
}, 900_000);
afterAll(() => ground.stop());

test(
  `${runs} histories of hostile Domos keep the guarantees (seed ${seed})`,
  { timeout: 120_000 + runs * 20_000 },
  async () => {
    const figures: Figures = { histories: 0, ups: 0, delivered: 0, refused: 0, unfinished: 0, killed: 0, exports: 0 };
    const lane = (number: number) =>
      fc.assert(
        fc.asyncProperty(histories, (history) => runHistory(ground, history, figures)),
        {
          seed: seed * 1000 + number,
          numRuns: Math.ceil((runs - number) / LANES),
          endOnFailure: process.env.HOSTILE_SHRINK === undefined,
        },
      );
    await Promise.all(Array.from({ length: Math.min(LANES, runs) }, (_, number) => lane(number)));
    process.stdout.write(`hostile Domos, seed ${seed}: ${JSON.stringify(figures)}\n`);
    expect(figures.histories).toBeGreaterThanOrEqual(runs);
  },
);
