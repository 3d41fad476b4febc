import { UNKNOWN } from "../host/unknown";

/** A column that a query names. */
export interface NamedColumn {
  readonly name: string;
  /** Whether its values leave Domo; otherwise it only decides which rows leave, in which order, or is counted. */
  readonly exported: boolean;
  /** Whether raw JSON names it, which nobody checked. */
  readonly raw: boolean;
}

/**
 * Every column that a canonical query names, as often as it does, in the order of first mention. What is not known yet
 * is left out. Of raw JSON each `"column"` counts, whatever stands next to it.
 */
export function queryColumns(query: unknown): NamedColumn[] {
  const { columns, ...rest } = asObject(query);
  const items: unknown[] = Array.isArray(columns) ? columns : [];
  return [...items.flatMap((item) => columnsIn(item, asObject(item).kind !== "count")), ...columnsIn(rest, false)];
}

function columnsIn(node: unknown, exported: boolean): NamedColumn[] {
  const { kind, name, json } = asObject(node);
  if (kind === "raw") return namesInJson(json).map((name) => ({ name, exported, raw: true }));
  if (kind === "column") return isName(name) ? [{ name, exported, raw: false }] : [];
  return Object.values(asObject(node)).flatMap((part) => columnsIn(part, exported));
}

function namesInJson(json: unknown): string[] {
  const own = asObject(json).column;
  return [...(isName(own) ? [own] : []), ...Object.values(asObject(json)).flatMap(namesInJson)];
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== UNKNOWN;
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
