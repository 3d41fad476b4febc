import { setTimeout as sleep } from "node:timers/promises";

/** The emulator's clock: runs `timeScale` times faster than the real one and may be wrong. */
export interface Clock {
  /** Milliseconds since 1970 as the emulator believes them to be. */
  now(): number;
  /** Waits on this clock; ends early, without an error, when the signal fires. */
  sleep(seconds: number, signal: AbortSignal): Promise<void>;
}

const longestTimer = 2 ** 31 - 1;

/** Makes a clock that starts at the real time plus the skew. */
export function createClock(timeScale: number, skewMs: () => number): Clock {
  const start = Date.now();
  const running = performance.now();
  return {
    now: () => Math.round(start + (performance.now() - running) * timeScale + skewMs()),
    async sleep(seconds, signal) {
      const ms = Math.min((seconds * 1000) / timeScale, longestTimer);
      await sleep(ms, undefined, { signal, ref: false }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
  };
}
