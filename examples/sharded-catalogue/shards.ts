import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** One export of the catalogue. */
export interface Entry {
  readonly dataset: string;
  readonly query: string;
  readonly path: string;
}

/** What is exported, and among how many stacks it is shared out. */
export interface Catalogue {
  readonly shards: number;
  readonly bucket: string;
  readonly roleArn: string;
  /** By name. */
  readonly exports: Readonly<Record<string, Entry>>;
}

/** Reads the catalogue. */
export function readCatalogue(file = "catalogue.yaml"): Catalogue {
  const catalogue = parse(readFileSync(file, "utf8")) as Catalogue;
  if (!Number.isInteger(catalogue.shards) || catalogue.shards < 1)
    throw new Error(`${file}: shards: "${catalogue.shards}" is not a whole number from 1`);
  return catalogue;
}

/** Names of the stacks: `shard-1` and on. */
export function shardNames(shards: number): string[] {
  return Array.from({ length: shards }, (_, index) => `shard-${index + 1}`);
}

/**
 * The stack of a dataset, which is that of all its exports: only within one process do they take turns for the dataset's
 * slot and share its list. It is the shard that scores highest for the dataset, so one shard more takes over its
 * own share and moves nothing else.
 */
export function shardOf(dataset: string, shards: number): string {
  const score = (name: string) => createHash("sha256").update(`${name} ${dataset.toLowerCase()}`).digest("hex");
  return shardNames(shards).reduce((best, name) => (score(name) > score(best) ? name : best));
}
