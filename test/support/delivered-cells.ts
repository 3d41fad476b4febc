import { createHash } from "node:crypto";
import type { Tree, TreeQuery } from "./random-arguments";

type Row = Record<string, string | number | null>;

/** A small dataset: every combination of a few values, nulls among them. */
const ROWS: readonly Row[] = ["West", "East", "O'Brien", null].flatMap((Region) =>
  [0, 1, 3, 5, null].flatMap((Sales) =>
    ["2023-01-01", "2024-03-01", "2024-06-30"].map((Year) => ({ Region, Sales, Year, 'a "b"': `${Region}${Sales}` })),
  ),
);

/**
 * What a query delivers, worked out without the package: one text for each row of the dataset and column that is in the file.
 * A part in Domo's own language lets any half of the rows through.
 */
export function deliveredCells(query: TreeQuery): Set<string> {
  const ids = ROWS.map((_, index) => index).filter((id) => holds(query.where, id));
  const groups = query.groupBy === undefined ? ids.map((id) => [id]) : grouped(ids, query.groupBy);
  const sorted = query.orderBy?.length ? [...groups].sort((a, b) => compare(a, b, query.orderBy![0]!)) : groups;
  const from = query.offset ?? 0;
  const kept = query.limit === undefined ? sorted : sorted.slice(from, from + query.limit);
  return new Set(kept.flat().flatMap((id) => query.columns.map((column) => `${id} ${JSON.stringify(column)}`)));
}

function holds(where: Tree | undefined, id: number): boolean {
  if (where === undefined) return true;
  if (where.kind === "and") return (where.terms as Tree[]).every((term) => holds(term, id));
  if (where.kind === "raw")
    return (
      createHash("md5")
        .update(`${JSON.stringify(where.json)} ${id}`)
        .digest()[0]! %
        2 ===
      0
    );
  const value = ROWS[id]![(where.left as { name: string }).name];
  if (value === null || value === undefined) return false;
  const literal = (node: unknown) => (node as { value: string | number }).value;
  if (where.kind === "in") return (where.values as Tree[]).map(literal).includes(value) !== where.not;
  if (where.kind === "between") return literal(where.from) <= value && value <= literal(where.to);
  const right = literal(where.right);
  switch (where.operator) {
    case "eq":
      return value === right;
    case "ne":
      return value !== right;
    case "gt":
      return value > right;
    case "gte":
      return value >= right;
    case "lt":
      return value < right;
    default:
      return value <= right;
  }
}

function grouped(ids: readonly number[], keys: readonly Tree[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const id of ids) {
    const key = JSON.stringify(keys.map((node) => valueOf(node, id)));
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  return [...groups.values()];
}

function valueOf(node: Tree, id: number): string | number | null {
  return node.kind === "column" ? (ROWS[id]![node.name as string] ?? null) : JSON.stringify(node);
}

function compare([a = 0]: readonly number[], [b = 0]: readonly number[], order: Tree): number {
  const [left, right] = [a, b].map((id) => String(valueOf(order.by as Tree, id)).padStart(8)) as [string, string];
  const result = left < right ? -1 : left > right ? 1 : a - b;
  return order.direction === "desc" ? -result : result;
}
