import type { DomoExport } from "./answers";

/** Exports, or datasets, that are asked for a length. */
const SAMPLES = 5;

/** What is known of the length of an export, in milliseconds. */
export interface UsualLength {
  readonly median: number;
  /** Within these, an end is to be expected at any time. */
  readonly from: number;
  readonly to: number;
  /** Known from other datasets only, so that an end may also come well before `from`. */
  readonly guessed: boolean;
}

/** A dataset as this process has seen it: its rows, and how long its exports take in milliseconds. */
export interface SeenDataset {
  readonly rows: number;
  readonly length: number;
}

/** The lengths that the exports of one process teach each other. */
export interface ExportLengths {
  /**
   * How long an export of the dataset usually takes: by the dataset's own exports in `listed`, which are kept for
   * others, or else by those of datasets of its size.
   */
  usual(dataset: string, rows: number | undefined, listed: readonly DomoExport[]): UsualLength | undefined;
}

/** Creates an empty memory of lengths. */
export function createExportLengths(): ExportLengths {
  const seen = new Map<string, SeenDataset>();
  return {
    usual(dataset, rows, listed) {
      const own = usualLength(listed);
      if (rows === undefined) return own;
      if (own) seen.set(dataset, { rows, length: own.median });
      return own ?? guessLength([...seen.values()], rows);
    },
  };
}

/** By the last five exports of a dataset that succeeded, if there are any, with room for others to differ. */
export function usualLength(listed: readonly DomoExport[]): UsualLength | undefined {
  const lengths = listed
    .filter(({ status, started, finished }) => status === "success" && started !== undefined && finished !== undefined)
    .sort((a, b) => Date.parse(b.started ?? "") - Date.parse(a.started ?? ""))
    .slice(0, SAMPLES)
    .map(({ started, finished }) => Date.parse(finished ?? "") - Date.parse(started ?? ""))
    .filter((length) => length > 0);
  const known = range(lengths);
  if (!known) return undefined;
  const { shortest, median, longest } = known;
  return {
    median,
    from: Math.min(shortest * 0.95, median * 0.8),
    to: Math.max(longest * 1.05, median * 1.25),
    guessed: false,
  };
}

/** By the five datasets whose rows are nearest in number, none with more than twice or less than half as many. */
export function guessLength(seen: readonly SeenDataset[], rows: number): UsualLength | undefined {
  const times = (other: SeenDataset) => Math.max(rows, other.rows) / Math.max(1, Math.min(rows, other.rows));
  const alike = seen
    .filter((other) => times(other) <= 2)
    .sort((a, b) => times(a) - times(b))
    .slice(0, SAMPLES);
  const known = range(alike.map(({ length }) => length));
  return known && { median: known.median, from: known.shortest * 0.8, to: known.longest * 1.25, guessed: true };
}

function range(lengths: readonly number[]): { shortest: number; median: number; longest: number } | undefined {
  const sorted = [...lengths].sort((a, b) => a - b);
  const [shortest, median, longest] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  if (shortest === undefined || median === undefined || longest === undefined) return undefined;
  return { shortest, median, longest };
}
