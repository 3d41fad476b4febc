import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** One export of the catalogue. */
export interface Entry {
  readonly name: string;
  readonly dataset: string;
  readonly query: string;
  readonly path: string;
  readonly verify?: "objects" | "rows";
}

const required = ["dataset", "query", "path"] as const;
const known: readonly string[] = [...required, "verify"];

/** Reads the catalogue. All of its faults are in one error, each line naming the entry. */
export function readCatalogue(file: string): Entry[] {
  const catalogue: unknown = parse(readFileSync(file, "utf8"));
  if (!isMap(catalogue)) throw new Error(`${file}: must be a map from names to exports`);
  const faults = Object.entries(catalogue).flatMap(([name, entry]) =>
    faultsOf(entry).map((fault) => `${name}: ${fault}`),
  );
  if (faults.length > 0) throw new Error([`${file} can't be used:`, ...faults].join("\n  "));
  return Object.entries(catalogue).map(([name, entry]) => ({ ...(entry as Omit<Entry, "name">), name }));
}

function faultsOf(entry: unknown): string[] {
  if (!isMap(entry)) return [`must be a map with ${required.join(", ")}`];
  const { verify = "objects" } = entry;
  return [
    ...Object.keys(entry)
      .filter((key) => !known.includes(key))
      .map((key) => `"${key}" is not known here; known are ${known.join(", ")}`),
    ...required
      .filter((key) => typeof entry[key] !== "string" || entry[key].trim() === "")
      .map((key) => `"${key}" is missing or no text`),
    ...(verify === "objects" || verify === "rows"
      ? []
      : [`verify ${JSON.stringify(verify)} is neither objects nor rows`]),
  ];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
