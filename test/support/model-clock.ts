import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../provider/host/clock";

/** A clock of model time: nothing waits for real, and the same seed gives the same run. */
export interface ModelClock extends Clock {
  /** Wakes all sleepers in their order, until nobody sleeps any more. */
  run(): Promise<void>;
}

/** Creates a model clock that starts at 0. */
export function modelClock(seed: number): ModelClock {
  let time = 0;
  let state = seed;
  let sleepers: { until: number; wake: () => void }[] = [];
  return {
    now: () => time,
    random() {
      // Mulberry32: small, and good enough for jitter.
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    sleep: (ms) => new Promise((wake) => sleepers.push({ until: time + ms, wake })),
    async run() {
      for (;;) {
        await setImmediate();
        if (sleepers.length === 0) return;
        time = Math.min(...sleepers.map(({ until }) => until));
        const due = sleepers.filter(({ until }) => until <= time);
        sleepers = sleepers.filter(({ until }) => until > time);
        due.forEach(({ wake }) => wake());
      }
    },
  };
}
