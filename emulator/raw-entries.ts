/** An entry of a dataset's list that is shown as it is: what other tools, people and years left there. */
export interface RawEntry {
  readonly dataset: string;
  readonly entry: unknown;
  /**
   * Whether it takes the dataset's slot: a POST is then answered as the option `busy` says.
   * @default false
   */
  readonly holdsSlot?: boolean;
}

/** Such entries by number, oldest first. */
export interface RawEntries {
  add(entry: RawEntry): number;
  /** Whether there was one. */
  remove(id: number): boolean;
  of(dataset: string): RawEntry[];
  clear(): void;
}

/** None yet. */
export function createRawEntries(): RawEntries {
  const entries = new Map<number, RawEntry>();
  let lastId = 0;
  return {
    add(entry) {
      lastId += 1;
      entries.set(lastId, entry);
      return lastId;
    },
    remove: (id) => entries.delete(id),
    of: (dataset) => [...entries.values()].filter((entry) => entry.dataset === dataset),
    clear: () => entries.clear(),
  };
}
