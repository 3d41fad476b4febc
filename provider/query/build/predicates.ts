import type { Input } from "@pulumi/pulumi";
import type { Operator, RawNode } from "../ast";
import type { Column, DateText, NeedsOf, Operand, Predicate, ValueInput } from "./input";
import { andNode, betweenNode, compareNode, inNode } from "../nodes";
import { type AtLeastOne, given, givenList } from "./given";
import { toColumn, toValue } from "./values";

type Left<C extends string> = Input<C> | Column<Record<C, unknown>> | RawNode;

/** What a column must hold in a row type, to be compared with a `V`. */
type Holds<V> = V extends number
  ? number | null
  : V extends Date | { kind: "datetime" }
    ? Date | string | null
    : V extends DateText
      ? Date | string | null
      : V extends string | { kind: "text" }
        ? string | null
        : V extends { kind: "number" }
          ? number | null
          : unknown;

/** `"Region" = 'West'`. Grade A. */
export function eq<C extends string, const V extends Operand>(left: Left<C>, value: V): Predicate<Record<C, Holds<V>>> {
  return compare("eq", left, value);
}

/** `"Region" <> 'West'`; as in SQL, a row whose value is null does not match. Grade C: one source only. */
export function ne<C extends string, const V extends Operand>(left: Left<C>, value: V): Predicate<Record<C, Holds<V>>> {
  return compare("ne", left, value);
}

/** `"Sales" > 100`. Grade C: one source only. */
export function gt<C extends string, const V extends Operand>(left: Left<C>, value: V): Predicate<Record<C, Holds<V>>> {
  return compare("gt", left, value);
}

/** `"Sales" < 100`. Grade C: one source only. */
export function lt<C extends string, const V extends Operand>(left: Left<C>, value: V): Predicate<Record<C, Holds<V>>> {
  return compare("lt", left, value);
}

/** `"Sales" >= 100`. Grade C: one source only. */
export function gte<C extends string, const V extends Operand>(
  left: Left<C>,
  value: V,
): Predicate<Record<C, Holds<V>>> {
  return compare("gte", left, value);
}

/** `"Sales" <= 100`. Grade C: one source only. */
export function lte<C extends string, const V extends Operand>(
  left: Left<C>,
  value: V,
): Predicate<Record<C, Holds<V>>> {
  return compare("lte", left, value);
}

/** `"Region" IN ('West', 'East')`, which is also how to say OR over one column. Grade B. */
export function inList<C extends string, const V extends Operand>(
  left: Left<C>,
  values: readonly V[] | Input<readonly string[]> | Input<readonly number[]>,
): Predicate<Record<C, Holds<V>>> {
  return within(left, false, values);
}

/** `"Region" NOT IN ('West', 'East')`; as in SQL, a row whose value is null does not match. Grade B. */
export function notIn<C extends string, const V extends Operand>(
  left: Left<C>,
  values: readonly V[] | Input<readonly string[]> | Input<readonly number[]>,
): Predicate<Record<C, Holds<V>>> {
  return within(left, true, values);
}

/** `"Sales" BETWEEN 100 AND 200`, both ends included. A date alone as the upper end means its midnight. Grade B. */
export function between<C extends string, const V extends Operand, const W extends Operand>(
  left: Left<C>,
  from: V,
  to: W,
): Predicate<Record<C, Holds<V> & Holds<W>>> {
  return betweenNode(toColumn(left), toValue(from), toValue(to));
}

/** `"Region" = 'West' AND "Sales" > 100`: all of the predicates. Grade B. */
export function and<P extends readonly Predicate[]>(...terms: AtLeastOne<P, Predicate>): Predicate<NeedsOf<P[number]>> {
  return allOf(terms, "and(…)") as Predicate<NeedsOf<P[number]>>;
}

/** All of the predicates, each of which must be one. */
export function allOf(terms: readonly Predicate[], where: string): Predicate {
  givenList(terms, where, "a predicate");
  // An output as a whole could turn out to hold nothing, and the filter would be gone.
  if (!terms.every(({ kind }) => typeof kind === "string"))
    throw new TypeError(
      `${where}: not a predicate — give eq(…), inList(…) or another; an output can stand for its value`,
    );
  return andNode<Predicate>(terms);
}

function compare<Row>(operator: Operator, left: Left<string>, value: Operand): Predicate<Row> {
  return compareNode(operator, toColumn(left), toValue(value));
}

function within<Row>(
  left: Left<string>,
  not: boolean,
  values: readonly Operand[] | Input<readonly (string | number)[]>,
): Predicate<Row> {
  const list = given(values, not ? "notIn(…)" : "inList(…)", "a list of values");
  const nodes = Array.isArray(list) ? Object.freeze(list.map((value: Operand) => toValue(value))) : list;
  return inNode(toColumn(left), not, nodes as readonly ValueInput[]);
}
