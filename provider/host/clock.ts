import { setTimeout as delay } from "node:timers/promises";
import { CancelledError } from "../errors";

/** Time and chance as a parameter, so that waiting can be tested as values. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with `CancelledError` when `signal` fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random: () => number;
}

/**
 * How many seconds of the provider's clock pass in one real second. Only benchmarks and tests against an emulator with scaled
 * time set it (`DOMO_TIME_SCALE`).
 */
export function timeScale(): number {
  return Number(process.env.DOMO_TIME_SCALE ?? 1);
}

/** The real clock, faster by `scale`. */
export function realClock(scale = timeScale()): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * scale,
    async sleep(ms, signal) {
      try {
        await delay(ms / scale, undefined, { signal });
      } catch (error) {
        if (signal?.aborted) throw new CancelledError("the run was cancelled while it waited", { cause: error });
        throw error;
      }
    },
    random: Math.random,
  };
}
