/** What is known of how long Domo takes for one kind of call. Times are in milliseconds. */
export interface AnswerTimes {
  /** Mean of the last answers, where each counts an eighth less than the one after it. */
  readonly smoothed: number;
  /** The best that the mean has been; it creeps up to what is usual now. */
  readonly best: number;
  /** Answers since the start, or since they were last found slow. */
  readonly count: number;
}

/** So many answers say something, so that one that hung, or a burst while this process was busy, does not. */
const ENOUGH = 16;
const CLEARLY_MORE = 4;
/** Less than this on top of the best is not worth going slower for. */
const CLEARLY_MORE_MS = 1000;
const FORGETTING = 1.02;

/**
 * Takes in one more answer and says whether Domo has become clearly slower: at least sixteen answers with a mean of four times the
 * best one and a second more. It says so once for each sixteen answers. A Domo that stays slow is what is usual after about
 * seventy answers, so that the rate recovers.
 */
export function withAnswer(known: AnswerTimes | undefined, ms: number): { times: AnswerTimes; slow: boolean } {
  if (!known) return { times: { smoothed: ms, best: ms, count: 1 }, slow: false };
  const smoothed = known.smoothed + (ms - known.smoothed) / 8;
  const count = known.count + 1;
  const best = Math.min(smoothed, known.best * FORGETTING);
  const slow = count >= ENOUGH && smoothed > best * CLEARLY_MORE && smoothed > best + CLEARLY_MORE_MS;
  return { times: { smoothed, best, count: slow ? 0 : count }, slow };
}
