/* Loaded by vitest before each test file: makes the one mistake that this run is about, and notes which ones tests come by. */
import { afterEach, beforeEach, inject, vi } from "vitest";
import { SWITCH } from "./switch";

declare module "vitest" {
  interface ProvidedContext {
    /** Number of the mistake to make; none has the number -1. */
    activeMutant: number;
    testTimeoutMs: number;
  }
  interface TaskMeta {
    /** Mutants that ran during the test. */
    reached?: number[];
    /** Mutants that had run before it: when files were loaded, and in `beforeAll`. */
    reachedBefore?: number[];
  }
}

/** A loop that comes by so often will not end. */
const MOST_VISITS = 3_000_000;

const active = inject("activeMutant");
const before = new Set<number>();
let reached = before;
let visits = 0;

Object.assign(globalThis, {
  [SWITCH](number: number): boolean {
    if (active === -1) reached.add(number);
    if (number !== active) return false;
    if (++visits > MOST_VISITS) throw new Error("The mutant does not come to an end");
    return true;
  },
});

vi.setConfig({ testTimeout: inject("testTimeoutMs"), hookTimeout: 60_000 });

beforeEach(() => {
  reached = new Set();
});

afterEach(({ task }) => {
  Object.assign(task.meta, { reached: [...reached], reachedBefore: [...before] });
  reached = before;
});
