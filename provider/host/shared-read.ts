import type { Clock } from "./clock";

/** A read whose answer is shared by everyone who asks for the same. */
export interface SharedRead<Args extends string[], T> {
  (...args: Args): Promise<T>;
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

  function shared(...args: Args): Promise<T> {
    const key = JSON.stringify(args);
    const known = answers.get(key);
    if (known && clock.now() - known.askedAt < forMs) return known.answer;
    const answer = read(...args);
    answers.set(key, { answer, askedAt: clock.now() });
    answer.catch(() => {
      if (answers.get(key)?.answer === answer) answers.delete(key);
    });
    return answer;
  }

  return Object.assign(shared, { forget: (...args: Args): void => void answers.delete(JSON.stringify(args)) });
}
