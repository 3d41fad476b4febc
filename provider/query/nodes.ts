import type { SelectNode, TermNode, ValueNode } from "./ast";

// One constructor a node. What stands in a node is generic, as a builder puts outputs where a canonical tree has texts.

/** `"Region"`. */
export const columnNode = <Name>(name: Name) => Object.freeze({ kind: "column" as const, name });

/** `COUNT("Region")`, `COUNT(DISTINCT "Region")`. */
export const countNode = <Column, Flag>(column: Column, distinct: Flag) =>
  Object.freeze({ kind: "count" as const, column, distinct });

/** `'West'`. */
export const textNode = <Value>(value: Value) => Object.freeze({ kind: "text" as const, value });

/** `100`. */
export const numberNode = <Value>(value: Value) => Object.freeze({ kind: "number" as const, value });

/** `'2024-01-31 10:00:00'`. */
export const datetimeNode = <Value>(value: Value) => Object.freeze({ kind: "datetime" as const, value });

/** `RAW('…')`. */
export const rawNode = <Json>(json: Json) => Object.freeze({ kind: "raw" as const, json });

/** `"Region" = 'West'`. */
export const compareNode = <Operator, Left, Right>(operator: Operator, left: Left, right: Right) =>
  Object.freeze({ kind: "compare" as const, operator, left, right });

/** `"Region" IN ('West', 'East')`, `NOT IN`. */
export const inNode = <Left, Flag, Values>(left: Left, not: Flag, values: Values) =>
  Object.freeze({ kind: "in" as const, left, not, values });

/** `"Sales" BETWEEN 1 AND 9`. */
export const betweenNode = <Left, From, To>(left: Left, from: From, to: To) =>
  Object.freeze({ kind: "between" as const, left, from, to });

/** `"Order Date" DESC`. */
export const orderNode = <By, Direction>(by: By, direction: Direction) =>
  Object.freeze({ kind: "order" as const, by, direction });

/** All of the predicates: one stands for itself, nested ones are taken apart. */
export function andNode<Term extends { readonly kind: unknown }>(terms: readonly Term[]) {
  const flat = terms.flatMap((term) => (isAnd<Term>(term) ? term.terms : [term]));
  return flat.length === 1 ? flat[0]! : Object.freeze({ kind: "and" as const, terms: Object.freeze(flat) });
}

function isAnd<Term>(term: { readonly kind: unknown }): term is { kind: "and"; terms: readonly Term[] } {
  return term.kind === "and";
}

/** The predicates of a query, all of which a row must meet. */
export function termsOf({ where }: SelectNode): readonly TermNode[] {
  return where === undefined ? [] : where.kind === "and" ? where.terms : [where];
}

/** The path of a predicate, by its place in `termsOf`. */
export function termPath({ where }: SelectNode, index: number): string {
  return where?.kind === "and" ? `query.where.terms[${index}]` : "query.where";
}

/** The values of a predicate, each with its place in it. */
export function valuesOf(term: TermNode): readonly (readonly [value: ValueNode, place: string])[] {
  switch (term.kind) {
    case "compare":
      return [[term.right, "right"]];
    case "in":
      return term.values.map((value, index) => [value, `values[${index}]`]);
    case "between":
      return [
        [term.from, "from"],
        [term.to, "to"],
      ];
    case "raw":
      return [];
  }
}

/** The predicate with each of its values replaced. */
export function withValues(term: TermNode, change: (value: ValueNode) => ValueNode): TermNode {
  switch (term.kind) {
    case "compare":
      return compareNode(term.operator, term.left, change(term.right));
    case "in":
      return inNode(term.left, term.not, Object.freeze(term.values.map(change)));
    case "between":
      return betweenNode(term.left, change(term.from), change(term.to));
    case "raw":
      return term;
  }
}
