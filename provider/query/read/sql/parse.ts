import type { Report } from "../../fault";
import { cursorOver } from "./cursor";
import { scanSql } from "./scan";
import { readSelect } from "./select";
import { placeOf, SqlFault } from "./sql-fault";

/** SQL text that was read. */
export interface ReadSql {
  /** A loose tree for `normalizeSelect`. */
  readonly tree: unknown;
  /** Where in the text the node at a path such as `query.where.terms[1].right` stands. */
  readonly place: (path: string) => string;
}

/**
 * Reads SQL text. What Domo's query language does not have is reported with line and column; nothing is guessed. What it
 * throws is a fault of ours.
 */
export function parseSql(text: string, report: Report): ReadSql | undefined {
  const places = new Map<unknown, number>();
  try {
    const tree = readSelect(cursorOver(scanSql(text), places));
    return { tree, place: (path) => placeOf(text, offsetAt(tree, path, places)) };
  } catch (error) {
    if (!(error instanceof SqlFault)) throw error;
    return report("query", `${placeOf(text, error.offset)}: ${error.message}`);
  }
}

/** Walks down to a node; what has no place of its own stands where the nearest node around it does. */
function offsetAt(tree: unknown, path: string, places: ReadonlyMap<unknown, number>): number {
  let node = tree;
  let offset = 0;
  for (const key of path.split(/[.[\]]+/).slice(1)) {
    node = (node as Record<string, unknown> | undefined)?.[key];
    offset = places.get(typeof node === "object" ? node : typeof node === "number" ? key : undefined) ?? offset;
  }
  return offset;
}
