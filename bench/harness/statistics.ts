/** What several measurements of one thing come to. */
export interface Summary {
  readonly median: number;
  readonly p95: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
}

/** The value below which a share of the samples lies (nearest rank). */
function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("There is no quantile of no samples");
  return value;
}

/** Summarises samples; of an even number the median is the mean of the middle two. */
export function summarize(samples: readonly number[]): Summary {
  const median =
    (quantile(samples, 0.5) +
      quantile(
        [...samples].map((value) => -value),
        0.5,
      ) *
        -1) /
    2;
  return {
    median,
    p95: quantile(samples, 0.95),
    min: Math.min(...samples),
    max: Math.max(...samples),
    samples: samples.length,
  };
}
