import type { SelectNode, TermNode, ValueNode } from "../ast";
import { parseDateTime } from "../datetime";
import { quoted } from "../literal";
import { andNode, datetimeNode, termsOf, withValues } from "../nodes";

const NUMBERS = ["LONG", "DOUBLE", "DECIMAL"];
const DATES = ["DATE", "DATETIME"];

/** Why a value can't be compared with a column of this type, or undefined. A type that Domo added later fits anything. */
export function typeFault(value: ValueNode, type: string, column: string): string | undefined {
  if (value.kind === "raw") return undefined;
  const shown = quoted(value.value);
  if (type === "STRING" && value.kind === "number") {
    return `${shown} is a number, but the column ${quoted(column)} is ${type}; write it as text: ${quoted(shown)}`;
  }
  if (NUMBERS.includes(type) && value.kind !== "number") {
    const number = value.value.trim() === "" ? NaN : Number(value.value);
    return `${shown} is text, but the column ${quoted(column)} is ${type}; write a number${Number.isFinite(number) ? ` without quotes: ${number}` : ""}`;
  }
  if (!DATES.includes(type)) return undefined;
  if (value.kind === "number")
    return `${shown} is a number, but the column ${quoted(column)} is ${type}; write a date: datetime("2024-01-31")`;
  const date = parseDateTime(value.value);
  if (!date.ok) return `${date.reason}, as the column ${quoted(column)} is ${type}`;
  if (type === "DATE" && !date.value.endsWith(" 00:00:00")) {
    return `${shown} has a time of day${date.value === value.value ? "" : ` (in UTC: ${date.value})`}, but the column ${quoted(column)} is DATE; write the day alone: ${quoted(date.value.slice(0, 10))}`;
  }
  return undefined;
}

/** Why two bounds of a column of dates are no range, where one of them was written as text. */
export function dateFault(from: ValueNode, to: ValueNode, type: string): string | undefined {
  if (!DATES.includes(type) || from.kind === "raw" || to.kind === "raw") return undefined;
  if (from.kind === "datetime" && to.kind === "datetime") return undefined;
  const [start, end] = [parseDateTime(String(from.value)), parseDateTime(String(to.value))];
  if (!start.ok || !end.ok || start.value <= end.value) return undefined;
  return `the bounds are the wrong way round, so that nothing could match; write ${quoted(to.value)} first and ${quoted(from.value)} second`;
}

/**
 * Gives each date that was written as a plain text (`"2024-01-31"`, `"2024-01-31T10:00:00Z"`) the form that Domo takes,
 * if the column that it is compared with holds dates. Without the dataset's columns a text can't be told from a date,
 * so this is a step of its own, to be taken after `checkQuery`.
 */
export function fitDates(query: SelectNode, columns: readonly { name: string; type: string }[]): SelectNode {
  if (!query.where) return query;
  const dates = new Set(columns.filter(({ type }) => DATES.includes(type.toUpperCase())).map(({ name }) => name));
  const fit = (term: TermNode): TermNode =>
    term.kind === "raw" || term.left.kind === "raw" || !dates.has(term.left.name) ? term : withValues(term, fitDate);
  return Object.freeze({ ...query, where: andNode(termsOf(query).map(fit)) });
}

function fitDate(value: ValueNode): ValueNode {
  const date = value.kind === "text" ? parseDateTime(value.value) : undefined;
  return date?.ok ? datetimeNode(date.value) : value;
}
