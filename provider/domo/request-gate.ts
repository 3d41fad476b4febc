import type { Clock } from "../host/clock";

/** Limits on what one process asks of one Domo instance. */
export interface GateLimits {
  /** Requests in flight at most. */
  maxInFlight: number;
  /** Sustained requests per second at most. */
  perSecond: number;
  /** Requests that may start at once after a pause. */
  burst: number;
}

/** What a request is for: starting an export (the POST), reading, or asking again whether an export has ended. */
export type RequestKind = "start" | "read" | "poll";

/** Lets requests through one instance's limits; shared by all resources of a process. */
export interface RequestGate {
  /**
   * Runs `request` when its turn comes: starts go before all reads, reads before all polls, each kind in the order of
   * arrival. Polls leave a quarter of the burst to the others.
   */
  run<T>(kind: RequestKind, request: () => Promise<T>): Promise<T>;
  /**
   * Halves the rate and the burst, and holds everyone back for `pauseMs`: Domo said 429 or is failing. What was sent (at
   * `sentAt`, default now) before the rate was last halved tells nothing new: sixteen refusals of one burst halve it once.
   */
  slowDown(pauseMs: number, sentAt?: number): void;
  /** Requests per second that are allowed now. */
  readonly rate: number;
}

const ORDER = ["start", "read", "poll"] as const;
/** The share of the bucket that polls leave to others: the calls of the exports that start when those that were polled have ended. */
const KEPT_FROM_POLLS = 1 / 4;
const SLOWEST_PER_SECOND = 0.2;
/** Longer ones would look like a hang: a request that is let through after this gets Domo's own refusal, and can say so. */
const LONGEST_PAUSE_MS = 120_000;
/** The share of the full rate that each answered request wins back after a slow-down (additive increase). */
const RECOVERY_SHARE = 1 / 200;

/**
 * Creates a gate: a bound on requests in flight, and a bucket of tokens of which each request takes one. The bucket holds
 * `burst` tokens and is filled at the rate, which grows by addition and shrinks by division; its size goes along.
 */
export function createRequestGate(limits: GateLimits, clock: Clock): RequestGate {
  const waiting: Record<RequestKind, (() => void)[]> = { start: [], read: [], poll: [] };
  let inFlight = 0;
  let rate = limits.perSecond;
  let tokens = limits.burst;
  let filledAt = clock.now();
  let halvedAt = -Infinity;
  let wakesAt = Infinity;

  const size = (): number => Math.max(1, (limits.burst * rate) / limits.perSecond);

  /** Milliseconds until the bucket has enough for a request of the kind. */
  function delayOf(kind: RequestKind): number {
    const passed = Math.max(0, clock.now() - filledAt);
    tokens = Math.min(size(), tokens + (passed * rate) / 1000);
    filledAt += passed;
    const needed = kind === "poll" ? 1 + (size() - 1) * KEPT_FROM_POLLS : 1;
    const pause = filledAt - clock.now();
    // Whole milliseconds, so that a rounding error is not waited for.
    return tokens >= needed ? pause : Math.ceil(pause + ((needed - tokens) * 1000) / rate);
  }

  function admit(): void {
    while (inFlight < limits.maxInFlight) {
      const kind = ORDER.find((each) => waiting[each].length > 0);
      if (kind === undefined) return;
      const delay = delayOf(kind);
      if (delay > 0) return void wakeAfter(delay);
      tokens--;
      inFlight++;
      waiting[kind].shift()?.();
    }
  }

  async function wakeAfter(ms: number): Promise<void> {
    const at = clock.now() + ms;
    if (at >= wakesAt) return;
    wakesAt = at;
    await clock.sleep(ms);
    if (wakesAt === at) wakesAt = Infinity;
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
      if (sentAt >= halvedAt) {
        halvedAt = clock.now();
        rate = Math.max(Math.min(SLOWEST_PER_SECOND, limits.perSecond), rate / 2);
      }
      // A pause ends with one request, not with what the bucket held before it.
      tokens = Math.min(tokens, 1);
      filledAt = Math.max(filledAt, clock.now() + Math.min(pauseMs, LONGEST_PAUSE_MS));
    },
    get rate() {
      return rate;
    },
  };
}
