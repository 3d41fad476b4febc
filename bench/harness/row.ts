import type { Summary } from "./statistics";
import { summarize } from "./statistics";

/** One line of the benchmark's table. */
export interface Row {
  readonly figure: string;
  /** What was measured of ours and of the other side, with its unit, for people. */
  readonly ours: string;
  readonly theirs: string;
  /** The compared value: a ratio, or a count or size where the target is one. */
  readonly value: Summary;
  readonly unit: "×" | "calls" | "bytes" | "ms" | "MiB" | "%";
  /** Absent where the figure is only reported. */
  readonly target?: Target;
  /** What was scaled, or what must be known to read the figure. */
  readonly note?: string;
}

/** What a value must not exceed (or, with `least`, fall below). */
export interface Target {
  readonly limit: number;
  readonly of: "median" | "p95" | "max" | "min";
  readonly least?: true;
  /** @default "≤ limit unit" */
  readonly text?: string;
}

/** Whether the target is met; `undefined` where there is none. */
export function isMet({ value, target }: Row): boolean | undefined {
  if (!target) return undefined;
  const measured = value[target.of];
  return target.least ? measured >= target.limit : measured <= target.limit;
}

/** A row whose value is one exact count or size. */
export function exactly(value: number): Summary {
  return summarize([value]);
}
