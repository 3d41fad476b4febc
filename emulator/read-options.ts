/** What the reads next to the export say, and whether they are answered. */
export interface ReadOptions {
  /** A rename of the dataset moves it, too. */
  readonly lastUpdated: "present" | "absent";
  /** Time of the newest data; a rename does not move it. */
  readonly dataLastUpdated: "present" | "absent" | "zero";
}

/** Reads of which nothing else was said. */
export const defaultReadOptions: ReadOptions = {
  lastUpdated: "present",
  dataLastUpdated: "absent",
};
