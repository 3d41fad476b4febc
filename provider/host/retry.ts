import type { Clock } from "./clock";

/** How long and how often something is tried again. */
export interface RetryOptions {
  clock: Clock;
  /** Milliseconds from the first try after which no further try starts. */
  budgetMs: number;
  /** Milliseconds to wait at least before the next try, or `undefined` when the error is final. */
  delayFor: (error: unknown, attempt: number) => number | undefined;
  /** Told before each wait. */
  onRetry?: (error: unknown, delayMs: number) => void;
  signal?: AbortSignal;
}

/** Runs `attempt` until it succeeds, its error is final, or the next try would start beyond the budget. */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, budgetMs, delayFor, onRetry, signal } = options;
  const deadline = clock.now() + budgetMs;
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      const delayMs = delayFor(error, count);
      if (delayMs === undefined || clock.now() + delayMs > deadline) throw error;
      onRetry?.(error, delayMs);
      await clock.sleep(delayMs, signal);
    }
  }
}

/** Exponential delay with full jitter in its upper half: between 50 % and 100 % of `base × 2^(attempt − 1)`, capped. */
export function backoff(attempt: number, limits: { baseMs: number; capMs: number }, random: () => number): number {
  const full = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempt - 1, 30));
  return full * (0.5 + random() / 2);
}
