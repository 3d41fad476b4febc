import type { Clock } from "../host/clock";

/** Limits on what one process asks of one Domo instance. */
export interface GateLimits {
  /** Requests in flight at most. */
  maxInFlight: number;
  /** Sustained requests per second at most. */
  perSecond: number;
}

/** Lets requests through one instance's limits; shared by all resources of a process. */
export interface RequestGate {
  /** Runs `request` when its turn comes. A `start` (the POST) goes before all waiting `read`s. */
  run<T>(kind: "start" | "read", request: () => Promise<T>): Promise<T>;
  /**
   * Halves the rate, and holds everyone back for `pauseMs`: Domo said 429 or is failing. What was sent (at `sentAt`,
   * default now) before the rate was last halved tells nothing new: sixteen refusals of one burst halve it once.
   */
  slowDown(pauseMs: number, sentAt?: number): void;
  /** Requests per second that are allowed now. */
  readonly rate: number;
}

const SLOWEST_PER_SECOND = 0.2;
/** Longer ones would look like a hang: whoever is let through after this gets Domo's own refusal, and can say so. */
const LONGEST_PAUSE_MS = 120_000;
/** The share of the full rate that each answered request wins back after a slow-down (additive increase). */
const RECOVERY_SHARE = 1 / 200;

/** Creates a gate: a bound on requests in flight, paced starts, and additive increase with multiplicative decrease. */
export function createRequestGate(limits: GateLimits, clock: Clock): RequestGate {
  const waiting: { start: (() => void)[]; read: (() => void)[] } = { start: [], read: [] };
  let inFlight = 0;
  let rate = limits.perSecond;
  let nextStart = 0;
  let timerSet = false;
  let halvedAt = -Infinity;

  function halve(): void {
    halvedAt = clock.now();
    rate = Math.max(SLOWEST_PER_SECOND, rate / 2);
  }

  function admit(): void {
    while (inFlight < limits.maxInFlight) {
      const next = waiting.start[0] ?? waiting.read[0];
      if (next === undefined) return;
      const wait = nextStart - clock.now();
      if (wait > 0) return void wakeAfter(wait);
      nextStart = Math.max(nextStart, clock.now() - 1000) + 1000 / rate;
      (waiting.start.length > 0 ? waiting.start : waiting.read).shift();
      inFlight++;
      next();
    }
  }

  async function wakeAfter(ms: number): Promise<void> {
    if (timerSet) return;
    timerSet = true;
    await clock.sleep(ms);
    timerSet = false;
    admit();
  }

  return {
    async run(kind, request) {
      await new Promise<void>((resolve) => {
        waiting[kind].push(resolve);
        admit();
      });
      try {
        const answer = await request();
        rate = Math.min(limits.perSecond, rate + limits.perSecond * RECOVERY_SHARE);
        return answer;
      } finally {
        inFlight--;
        admit();
      }
    },
    slowDown(pauseMs, sentAt = clock.now()) {
      if (sentAt >= halvedAt) halve();
      nextStart = Math.max(nextStart, clock.now() + Math.min(pauseMs, LONGEST_PAUSE_MS));
    },
    get rate() {
      return rate;
    },
  };
}
