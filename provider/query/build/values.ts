import type { Input } from "@pulumi/pulumi";
import type { DateTimeNode, NumberNode, RawNode, TextNode } from "../ast";
import { fromDate } from "../datetime";
import { columnNode, countNode, datetimeNode, numberNode, orderNode, rawNode, textNode } from "../nodes";
import { given } from "./given";
import type { Column, Count, Operand, Order, ValueInput } from "./input";

/** A column by its exact name: `"Order ID"`. A bare text means the same wherever a column is expected. */
export function column<C extends string>(name: Input<C>): Column<Record<C, unknown>> {
  return columnNode(given(name, "column(…)", "a name"));
}

/** A column as it was given: a name or a node. */
export function toColumn(column: Input<string> | Column | RawNode): Column | RawNode {
  return isNode(column) ? column : columnNode(given(column, "a column", "its name"));
}

/** `COUNT("Customer")`: the rows of the group in which the column is not null. Grade B: seen in callers only. */
export function count<C extends string>(column: Input<C> | Column<Record<C, unknown>>): Count<Record<C, unknown>> {
  return countNode(toColumn(column) as Column, false);
}

/** `COUNT(DISTINCT "Customer")`: the distinct values that are not null. Grade B: seen in callers only. */
export function countDistinct<C extends string>(
  column: Input<C> | Column<Record<C, unknown>>,
): Count<Record<C, unknown>> {
  return countNode(toColumn(column) as Column, true);
}

/** `"Order Date" ASC` in `ORDER BY`. Grade B. */
export function asc<C extends string>(by: Input<C> | Column<Record<C, unknown>> | RawNode): Order<Record<C, unknown>> {
  return orderNode(toColumn(by), "asc");
}

/** `"Order Date" DESC` in `ORDER BY`. Grade B. */
export function desc<C extends string>(by: Input<C> | Column<Record<C, unknown>> | RawNode): Order<Record<C, unknown>> {
  return orderNode(toColumn(by), "desc");
}

/** `'West'`. A bare text means the same; this form is for texts that come from elsewhere. */
export function text(value: Input<string>): Omit<TextNode, "value"> & { readonly value: Input<string> } {
  return textNode(given(value, "text(…)", "a text"));
}

/** `100`. A bare number means the same. */
export function number(value: Input<number>): Omit<NumberNode, "value"> & { readonly value: Input<number> } {
  return numberNode(given(value, "number(…)", "a number"));
}

/**
 * `'2024-01-31 10:00:00'`: a date or a time, written as ISO 8601 (`2024-01-31`, `2024-01-31T10:00:00Z`) or as a
 * JavaScript date. A zone is converted to UTC; a date alone means its midnight. Grade B.
 */
export function datetime(value: Input<string> | Date): Omit<DateTimeNode, "value"> & { readonly value: Input<string> } {
  if (!(value instanceof Date)) return datetimeNode(given(value, "datetime(…)", "a date"));
  const parsed = fromDate(value);
  return datetimeNode(parsed.ok ? parsed.value : isoOrWord(value));
}

/**
 * `RAW('{"exprType":"LIKE",…}')`: JSON that goes to Domo as it is, where a predicate, a column or a value stands. For
 * what an instance accepts beyond the documented language: nothing in it is checked, and every rendering marks it.
 */
export function raw(json: object): RawNode {
  return rawNode(given(json, "raw(…)", "Domo's JSON"));
}

/** A value as it was given: a node, an output that is resolved later, or a plain JavaScript value. */
export function toValue(value: Operand): ValueInput {
  if (typeof value === "string") return textNode(value);
  if (typeof value === "number") return numberNode(value);
  return value instanceof Date ? datetime(value) : given(value, "a predicate", "its value");
}

function isNode(value: unknown): value is Column | RawNode {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}

function isoOrWord(date: Date): string {
  return Number.isNaN(date.getTime()) ? String(date) : date.toISOString();
}
