import type { SelectNode } from "../query/ast";
import type { RowCounts } from "../state/export-state";
import { rowsText } from "./row-bounds";

/** Rows of one export, by everyone who counted them. */
export type Legs = Pick<RowCounts, "query" | "domo" | "objects" | "dataset">;

const says = {
  query: "Domo's count of the query says",
  domo: "Domo reports",
  objects: "the objects hold",
  dataset: "the dataset has",
} satisfies Record<keyof Legs, string>;

/** Who says what, when not everyone says the same. */
export function disagreement(legs: Legs): string | undefined {
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
