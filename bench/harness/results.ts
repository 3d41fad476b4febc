import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";
import type { Extent } from "./figure";
import type { Machine } from "./machine";
import { isMet, type Row } from "./row";

/** A whole run. */
export interface Results extends Extent {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

/** Writes the run to `bench/results/` and returns the file's path. */
export function writeResults(results: Results): string {
  const folder = process.env.BENCH_RESULTS ?? join(projectRoot, "bench/results");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${results.startedAt.replace(/[:.]/g, "-")}${results.quick ? "-quick" : ""}.json`);
  const rows = results.rows.map((row) => ({ ...row, met: isMet(row) ?? null }));
  writeFileSync(path, `${JSON.stringify({ ...results, rows }, null, 2)}\n`);
  return path;
}
