import { DomoConnectionError } from "../errors";
import type { Clock } from "../host/clock";
import type { DomoColumns, DomoDataset } from "./answers";
import { isBusy } from "./request-error";

/** A dataset as the call for many shows it; Domo may fill in the columns. */
export interface BulkDataset {
  facts: DomoDataset;
  columns?: DomoColumns;
}

/** The calls of which the reads are made. */
export interface DatasetCalls {
  facts(dataset: string): Promise<DomoDataset>;
  columns(dataset: string): Promise<DomoColumns>;
  /** Reads up to 100 datasets at once. What Domo leaves out, or shows in an odd way, is absent. */
  bulk(datasets: string[]): Promise<ReadonlyMap<string, BulkDataset>>;
}

/** Reads of single datasets, of which many that come together cost one call. */
export interface DatasetReads {
  dataset(dataset: string): Promise<DomoDataset>;
  columns(dataset: string): Promise<DomoColumns>;
}

/** How long reads are collected at first. The engine hands over what it does in parallel within a millisecond or two. */
const COLLECT_MS = 5;
/** And once several came together: the engine hands over the next ones as those before them end, each at its own time. */
const COLLECT_MANY_MS = 50;
/** Domo refuses more. */
const MOST_AT_ONCE = 100;

/**
 * Collects reads that come together. A dataset that the call for many leaves out is read singly, as it leaves out what
 * does not exist or may not be seen without saying which. When the call is refused, answered oddly, or twice not at
 * all, single reads do for the rest of the process.
 */
export function createDatasetReads(calls: DatasetCalls, clock: Clock): DatasetReads {
  let collectMs = COLLECT_MS;
  let isUsable = true;
  let hasFailed = false;
  let hasColumns = true;
  let batch: { datasets: Set<string>; found: Promise<ReadonlyMap<string, BulkDataset>> } | undefined;

  function collected(dataset: string): Promise<ReadonlyMap<string, BulkDataset>> {
    batch ??= { datasets: new Set(), found: clock.sleep(collectMs).then(readBatch) };
    batch.datasets.add(dataset);
    return batch.found;
  }

  async function readBatch(): Promise<ReadonlyMap<string, BulkDataset>> {
    const datasets = [...(batch?.datasets ?? [])];
    batch = undefined;
    collectMs = datasets.length < 2 ? COLLECT_MS : COLLECT_MANY_MS;
    if (datasets.length < 2) return new Map();
    const starts = Array.from({ length: Math.ceil(datasets.length / MOST_AT_ONCE) }, (_, part) => part * MOST_AT_ONCE);
    const parts = await Promise.all(starts.map((start) => readPart(datasets.slice(start, start + MOST_AT_ONCE))));
    return new Map(parts.flatMap((part) => [...part]));
  }

  async function readPart(datasets: string[]): Promise<ReadonlyMap<string, BulkDataset>> {
    if (!isUsable) return new Map();
    try {
      const found = await calls.bulk(datasets);
      isUsable = found.size > 0;
      hasColumns &&= [...found.values()].some(({ columns }) => columns);
      hasFailed = false;
      return found;
    } catch (error) {
      // Single reads would be as many more that Domo has no time for.
      if (isBusy(error)) throw error;
      isUsable = error instanceof DomoConnectionError && !hasFailed;
      hasFailed = true;
      return new Map();
    }
  }

  return {
    async dataset(dataset) {
      const found = isUsable ? (await collected(dataset)).get(dataset) : undefined;
      return found?.facts ?? calls.facts(dataset);
    },
    async columns(dataset) {
      const found = isUsable && hasColumns ? (await collected(dataset)).get(dataset) : undefined;
      return found?.columns ?? calls.columns(dataset);
    },
  };
}
