import type { SelectNode } from "../query/ast";
import type { RowCounts } from "../state/export-state";
import { rowsText } from "./row-bounds";

/** Rows of one export, by everyone who counted them. */
export type Legs = Pick<RowCounts, "query" | "domo" | "objects" | "dataset">;

/** What decides which rows a query has, at one time; `undefined` where Domo does not say. */
export interface Moment {
  /** When the data last changed. */
  data: string | undefined;
  /** Digest of the row policies. */
  policies: string | undefined;
}

/** What was known of an export when its rows were compared. */
export interface Circumstances {
  /** Before the count. */
  before: Moment;
  /** After the export; a text says why that is not known. */
  after: Moment | string;
  /** When an export began that had ended before the count; absent for one that began after it. */
  earlier?: { started: string | undefined };
}

/** What the counts say. `who` says what, where not everyone says the same; `reason` is the rest of a sentence. */
export type CountsVerdict =
  | { kind: "agree" }
  | { kind: "different"; who: string }
  | { kind: "incomparable"; reason: string; who: string | undefined };

/** Counts can be compared while data and row policies are the same from before the count until after the export. */
export function judgeCounts(legs: Legs, circumstances: Circumstances): CountsVerdict {
  const reason = whyIncomparable(circumstances);
  const who = disagreement(legs);
  if (reason !== undefined) return { kind: "incomparable", reason, who };
  return who === undefined ? { kind: "agree" } : { kind: "different", who };
}

function whyIncomparable({ before, after, earlier }: Circumstances): string | undefined {
  if (before.data === undefined) return "Domo does not say when the data last changed";
  if (before.policies === undefined) return "Domo does not show the row policies";
  if (typeof after === "string") return after;
  if (after.data !== before.data)
    return `the data changed meanwhile (it was of ${before.data}, now of ${after.data ?? "an unknown time"})`;
  if (earlier && !(Date.parse(earlier.started ?? "") >= Date.parse(after.data)))
    return "the export may be of older data";
  return after.policies === before.policies ? undefined : "the row policies changed meanwhile";
}

const says = {
  query: "Domo's count of the query says",
  domo: "Domo reports",
  objects: "the objects hold",
  dataset: "the dataset has",
} satisfies Record<keyof Legs, string>;

/** Who says what, when not everyone says the same. */
function disagreement(legs: Legs): string | undefined {
  const known = (Object.keys(says) as (keyof Legs)[]).flatMap((who) => {
    const rows = legs[who];
    return rows === undefined ? [] : [{ who, rows }];
  });
  if (known.every(({ rows }) => rows === legs.domo)) return undefined;
  return known.map(({ who, rows }) => `${says[who]} ${rowsText(rows)}`).join(", ");
}

/** Whether a query has a row for each row of the dataset. What is written in Domo's own language may do anything. */
export function leavesNoneOut({ columns, where, groupBy, limit }: SelectNode): boolean {
  const isPlain = columns.every(({ kind }) => kind === "column");
  return isPlain && where === undefined && (groupBy ?? []).length === 0 && limit === undefined;
}
