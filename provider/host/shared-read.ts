import type { Clock } from "./clock";

/** A read whose answer is shared by everyone who asks for the same. */
export interface SharedRead<Args extends string[], T> {
  (...args: Args): Promise<T>;
  /** The same, but asked anew when the shared answer is older than `ms`. */
  within(ms: number, ...args: Args): Promise<T>;
  /** Says that the answer is about to change: the next one who asks gets a new one. */
  forget(...args: Args): void;
}

/**
 * Shares the answers of `read` by its arguments, `forMs` milliseconds from when each was asked for. A failed read is
 * made again when it is asked for again.
 */
export function sharedRead<Args extends string[], T>(
  clock: Clock,
  forMs: number,
  read: (...args: Args) => Promise<T>,
): SharedRead<Args, T> {
  const answers = new Map<string, { answer: Promise<T>; askedAt: number }>();

  function within(ms: number, ...args: Args): Promise<T> {
    const key = JSON.stringify(args);
    const known = answers.get(key);
    if (known && clock.now() - known.askedAt < ms) return known.answer;
    const answer = read(...args);
    answers.set(key, { answer, askedAt: clock.now() });
    answer.catch(() => {
      if (answers.get(key)?.answer === answer) answers.delete(key);
    });
    return answer;
  }

  return Object.assign((...args: Args) => within(forMs, ...args), {
    within,
    forget: (...args: Args): void => void answers.delete(JSON.stringify(args)),
  });
}
