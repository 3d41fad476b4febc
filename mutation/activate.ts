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

/** How often the clock is looked at: a loop that does not end keeps vitest's own time limits from firing. */
const CALLS_BETWEEN_LOOKS = 100_000;
const HOOK_TIMEOUT_MS = 60_000;

const active = inject("activeMutant");
const limitMs = inject("testTimeoutMs");
const before = new Set<number>();
let reached = before;
let calls = 0;
let allowedMs = HOOK_TIMEOUT_MS;
let startedAt = performance.now();

Object.assign(globalThis, {
  [SWITCH](number: number): boolean {
    if (active === -1) reached.add(number);
    else if (++calls % CALLS_BETWEEN_LOOKS === 0 && performance.now() - startedAt > allowedMs)
      throw new Error("The mutant does not come to an end");
    return number === active;
  },
});

vi.setConfig({ testTimeout: limitMs, hookTimeout: HOOK_TIMEOUT_MS });

beforeEach(() => {
  reached = new Set();
  startedAt = performance.now();
  allowedMs = limitMs;
});

afterEach(({ task }) => {
  Object.assign(task.meta, { reached: [...reached], reachedBefore: [...before] });
  reached = before;
  allowedMs += HOOK_TIMEOUT_MS;
});
