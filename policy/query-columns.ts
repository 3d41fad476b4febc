import { UNKNOWN } from "../provider/host/unknown";

/** The columns that a query names, each once, in its order. */
export interface QueryColumns {
  /** Those whose values leave Domo. */
  readonly exported: readonly string[];
  /** Those that only decide which rows leave, in which order, or are counted. */
  readonly used: readonly string[];
}

/** Reads the columns off a canonical query; raw JSON counts by the columns in it, and what is not known is left out. */
export function queryColumns(query: unknown): QueryColumns {
  if (typeof query !== "object" || query === null) return { exported: [], used: [] };
  const { columns, ...rest } = query as Record<string, unknown>;
  const items: unknown[] = Array.isArray(columns) ? columns : [];
  const isCount = (item: unknown) => (item as { kind?: unknown } | null)?.kind === "count";
  const exported = new Set(items.filter((item) => !isCount(item)).flatMap(names));
  const used = new Set([...names(items.filter(isCount)), ...names(rest)]);
  return { exported: [...exported], used: [...used].filter((name) => !exported.has(name)) };
}

function names(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(names);
  if (typeof node !== "object" || node === null) return [];
  const { kind, name, column, ...rest } = node as Record<string, unknown>;
  if (kind === "column") return typeof name === "string" && name !== UNKNOWN ? [name] : [];
  const raw = typeof column === "string" && column !== UNKNOWN ? [column] : names(column);
  return [...raw, ...names(Object.values(rest))];
}
