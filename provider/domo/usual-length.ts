import type { DomoExport } from "./answers";

/** Exports that are asked for their length. */
const SAMPLES = 5;

/** What is known of the length of a dataset's exports, in milliseconds. */
export interface UsualLength {
  readonly median: number;
  /** Within these, an end is to be expected at any time. */
  readonly from: number;
  readonly to: number;
}

/** By the last five exports of a dataset that succeeded, if there are any, with room for others to differ. */
export function usualLength(listed: readonly DomoExport[]): UsualLength | undefined {
  const lengths = listed
    .flatMap(({ status, started, finished }) => {
      if (status !== "success" || started === undefined || finished === undefined) return [];
      const began = Date.parse(started);
      return [{ began, length: Date.parse(finished) - began }];
    })
    .sort((a, b) => b.began - a.began)
    .slice(0, SAMPLES)
    .map(({ length }) => length)
    .filter((length) => length > 0)
    .sort((a, b) => a - b);
  const [shortest, median, longest] = [lengths[0], lengths[Math.floor(lengths.length / 2)], lengths.at(-1)];
  if (shortest === undefined || median === undefined || longest === undefined) return undefined;
  return {
    median,
    from: Math.min(shortest * 0.95, median * 0.8),
    to: Math.max(longest * 1.05, median * 1.25),
  };
}
