/** What the reads next to the export say, and whether they are answered. */
export interface ReadOptions {
  /** A rename of the dataset moves it, too. */
  readonly lastUpdated: "present" | "absent";
  /** Time of the newest data; a rename does not move it. */
  readonly dataLastUpdated: "present" | "absent" | "zero";
  /** How `dataversions/details` writes its ids. */
  readonly versionIds: "number" | "text";
  /** Refuses every count with this status. */
  readonly executeStatus: number | null;
  /** Seconds that a count takes, on the emulator's clock. */
  readonly executeSeconds: number;
  /** How a count is written, and `fromcache` with it. */
  readonly countAs: "number" | "text";
  /** By how much a count is above the truth; may go below zero. */
  readonly countRows: number;
  /** What becomes of a limit inside of `fromQuery`: 400, or all rows are counted. */
  readonly innerLimit: "refuse" | "ignore";
  /** Whether a count sees the rows of the user's policies only. */
  readonly countPolicies: "applied" | "ignored";
  /** What becomes of a read of many datasets with one that is unknown. */
  readonly bulkUnknown: "left-out" | "refused";
  /** Refuses every read of many datasets with this status. */
  readonly bulkStatus: number | null;
  /** `{"dataSources": […]}` or the bare array. */
  readonly bulkShape: "object" | "array";
  /** Whether a read of many datasets with all details has a `schema`, and whether that has tables. */
  readonly bulkColumns: "absent" | "empty" | "present";
}

/** Reads of which nothing else was said. */
export const defaultReadOptions: ReadOptions = {
  lastUpdated: "present",
  dataLastUpdated: "absent",
  versionIds: "number",
  executeStatus: null,
  executeSeconds: 0,
  countAs: "number",
  countRows: 0,
  innerLimit: "refuse",
  countPolicies: "applied",
  bulkUnknown: "left-out",
  bulkStatus: null,
  bulkShape: "object",
  bulkColumns: "absent",
};
