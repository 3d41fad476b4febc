/** Counts calls against a limit. */
export interface RateLimit {
  /** Seconds to wait before the next call, or 0 when this one may pass. A call that may not pass is not counted. */
  take(perSecond: number): number;
}

/** Makes a limit that lets a second's worth of calls pass at once and then refills evenly. */
export function createRateLimit(now: () => number = () => performance.now()): RateLimit {
  let left = Infinity;
  let last = now();
  return {
    take(perSecond) {
      if (perSecond <= 0) return 0;
      const time = now();
      left = Math.min(perSecond, left + ((time - last) / 1000) * perSecond);
      last = time;
      if (left < 1) return Math.ceil((1 - left) / perSecond);
      left -= 1;
      return 0;
    },
  };
}
