import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../provider/host/clock";

/** A clock on which every sleep is over at once: time is what was slept. A loop that sleeps without end fails. */
export function leapingClock(random = () => 0.5): Clock & { readonly slept: number[] } {
  let time = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    random,
    sleep(ms) {
      slept.push(ms);
      time += ms;
      return slept.length > 1000 ? Promise.reject(new Error("slept too often")) : Promise.resolve();
    },
  };
}

/** A clock that moves only by `advance`, which wakes the sleepers on its way in their order. */
export function steppedClock(start = 0): Clock & { advance(ms: number): Promise<void> } {
  let time = start;
  let sleepers: { until: number; wake: () => void }[] = [];
  return {
    now: () => time,
    random: () => 0.5,
    sleep: (ms) => new Promise((wake) => sleepers.push({ until: time + ms, wake })),
    async advance(ms) {
      const end = time + ms;
      for (;;) {
        await setImmediate();
        const next = sleepers.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
        if (!next) break;
        sleepers = sleepers.filter((sleeper) => sleeper !== next);
        time = Math.max(time, next.until);
        next.wake();
      }
      time = end;
    },
  };
}
