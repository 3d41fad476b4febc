import type { Summary } from "./statistics";
import { summarize } from "./statistics";

/** One line of the benchmark's table. */
export interface Row {
  readonly figure: string;
  /** What was measured of ours and of the other side, with its unit, for people. */
  readonly ours: string;
  readonly theirs: string;
  /** The compared value of an earlier version, where one was measured in the same run. */
  readonly before?: Summary;
  /** The compared value: a ratio, or a count or size where the target is one. */
  readonly value: Summary;
  readonly unit: "×" | "calls" | "bytes" | "ms" | "MiB" | "%";
  /** All must be met; none where the figure is only reported. */
  readonly targets: readonly Target[];
  /** What was scaled, or what must be known to read the figure. */
  readonly note?: string;
  /** Said where a target is missed: why. */
  readonly ifMissed?: string;
  /** Where the value is drawn in `docs/benchmark.svg`. */
  readonly plot?: { readonly chart: ChartName; readonly bar: string };
}

/** Charts of `docs/benchmark.svg`. */
export type ChartName = "late" | "waiting" | "commands" | "memory";

/** What a value must not exceed (or, with `least`, fall below). */
export interface Target {
  readonly limit: number;
  readonly of: "median" | "p95" | "max" | "min";
  readonly least?: true;
}

/** Whether the targets are met; `undefined` where there are none. */
export function isMet({ value, targets }: Row): boolean | undefined {
  if (targets.length === 0) return undefined;
  return targets.every(({ limit, of, least }) => (least ? value[of] >= limit : value[of] <= limit));
}

/** A row whose value is one exact count or size. */
export function exactly(value: number): Summary {
  return summarize([value]);
}
