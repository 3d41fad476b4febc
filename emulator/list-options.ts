/** What a dataset's list of exports holds. */
export interface ListOptions {
  /** Exports of a dataset that the list shows, newest kept; 0 shows all. */
  readonly listLimit: number;
  /** Seconds after its end for which an export is listed; 0 is forever. */
  readonly listSeconds: number;
  /** Values that every list holds as they are: entries with −1 rows, null, numbers, text. */
  readonly oddEntries: readonly unknown[];
  /** Whether they stand before or after the exports. */
  readonly oddEntriesAt: "before" | "after";
  /** Bytes that a list has at least: old foreign exports with presigned URLs fill it up. */
  readonly padListBytes: number;
}

/** Lists of which nothing else was said. */
export const defaultListOptions: ListOptions = {
  listLimit: 0,
  listSeconds: 0,
  oddEntries: [],
  oddEntriesAt: "after",
  padListBytes: 0,
};
