import type { DuckDBValue } from "@duckdb/node-api";

/** UTF-8 byte order mark, written first when a request sets `includeBOM`. */
export const byteOrderMark = "\uFEFF";

/** One line of an export file (RFC 4180, ended by a line feed). Null is nothing, the empty text is `""`. */
export function csvLine(values: readonly DuckDBValue[]): string {
  return `${values.map(csvField).join(",")}\n`;
}

/** A value as DuckDB writes it. */
export function valueText(value: NonNullable<DuckDBValue>): string {
  return typeof value === "object" ? value.toString() : String(value);
}

function csvField(value: DuckDBValue): string {
  if (value === null) return "";
  const text = valueText(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
