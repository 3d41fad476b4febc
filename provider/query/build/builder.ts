import type { Input } from "@pulumi/pulumi";
import type { RawNode } from "../ast";
import type { Column, Count, Order, Predicate, SelectInput, SqlNode } from "./input";
import { type AtLeastOne, givenLater, givenList } from "./given";
import { allOf } from "./predicates";
import { asc, toColumn } from "./values";

export { and, between, eq, gt, gte, inList, lt, lte, ne, notIn } from "./predicates";
export { asc, column, count, countDistinct, datetime, desc, number, raw, text } from "./values";

/** The names of a row type's columns. Without a row type any name, outputs included. */
export type Name<Row> = [Row] extends [never] ? Input<string> : keyof Row & string;

/** One column of a `select(…)`. */
export type SelectItem<Row = never> = Name<Row> | Column<Row> | Count<Row> | RawNode;

type Group<Row> = Name<Row> | Column<Row> | RawNode;
type SortKey<Row> = Name<Row> | Column<Row> | Order<Row> | RawNode;

/**
 * A query under construction. Its own properties are plain data (the tree is one of them), so that it can be given to
 * the resource as it is; every method returns a new builder and leaves this one unchanged.
 */
export interface SelectBuilder<Row = never> {
  readonly kind: "query";
  /** The tree so far; names and values in it may be outputs. */
  readonly tree: SelectInput;
  /** `WHERE "Region" = 'West' AND "Sales" > 100`: all predicates, those of earlier calls included, must hold. */
  where<Items extends readonly Predicate<Row>[]>(...predicates: AtLeastOne<Items, Predicate<Row>>): SelectBuilder<Row>;
  /** `GROUP BY "Region"`. Every column of the query that is not counted must be named here. Grade B. */
  groupBy<Items extends readonly Group<Row>[]>(...columns: AtLeastOne<Items, Group<Row>>): SelectBuilder<Row>;
  /** `ORDER BY "Order Date" DESC, "Order ID" ASC`; a bare name sorts ascending. Later calls add keys. Grade B. */
  orderBy<Items extends readonly SortKey<Row>[]>(...keys: AtLeastOne<Items, SortKey<Row>>): SelectBuilder<Row>;
  /** `LIMIT 100`: at most this many rows, 1 or more. Without `orderBy` it is open which. Grade B. */
  limit(rows: Input<number>): SelectBuilder<Row>;
  /** `OFFSET 20`: skips this many rows; needs `limit`. Grade B. */
  offset(rows: Input<number>): SelectBuilder<Row>;
  /** The tree alone, for `JSON.stringify`. */
  toJSON(): SelectInput;
}

/**
 * Starts a query with the columns to export, in this order:
 *
 * ```sql
 * SELECT
 *   "Order ID",
 *   "Region"
 * FROM dataset
 * ```
 *
 * @example
 * select("Order ID", "Region").where(eq("Region", "West")).orderBy(desc("Order Date")).limit(100)
 */
export function select<Items extends readonly SelectItem[]>(...columns: AtLeastOne<Items, SelectItem>): SelectBuilder {
  const items = givenList<SelectItem>(columns, "select(…)", "a column");
  return build({ kind: "select", columns: Object.freeze(items.map(toItem)) });
}

/**
 * A query as SQL text, read in the provider when a preview or an update runs:
 *
 * ```sql
 * SELECT "Order ID", Region FROM dataset WHERE Region IN ('West', 'East') AND Sales >= 100
 * ```
 *
 * The table is always called `dataset`. What Domo's query language does not have is refused with line and column.
 */
export function sql(text: Input<string>): SqlNode {
  return Object.freeze({ kind: "sql", text });
}

type Methods = Omit<SelectBuilder, "kind" | "tree">;

const methods: Methods & ThisType<SelectBuilder> = {
  where(...predicates) {
    const added = allOf(predicates, "where(…)");
    return build({ ...this.tree, where: this.tree.where ? allOf([this.tree.where, added], "where(…)") : added });
  },
  groupBy(...columns) {
    const added = givenList<Group<never>>(columns, "groupBy(…)", "a column").map(toColumn);
    return build({ ...this.tree, groupBy: Object.freeze([...(this.tree.groupBy ?? []), ...added]) });
  },
  orderBy(...keys) {
    const added = givenList<SortKey<never>>(keys, "orderBy(…)", "a column").map(toOrder);
    return build({ ...this.tree, orderBy: Object.freeze([...(this.tree.orderBy ?? []), ...added]) });
  },
  limit(rows) {
    return build({ ...this.tree, limit: givenLater(rows, "limit(…)", "the number of rows") });
  },
  offset(rows) {
    return build({ ...this.tree, offset: givenLater(rows, "offset(…)", "the number of rows") });
  },
  toJSON() {
    return this.tree;
  },
};

function build(tree: SelectInput): SelectBuilder {
  const own = { kind: "query" as const, tree: Object.freeze(tree) };
  return Object.freeze(Object.assign(Object.create(methods) as Methods, own));
}

function toItem(item: SelectItem): Column | Count | RawNode {
  return isKind(item, "count") ? (item as Count) : toColumn(item as Column);
}

function toOrder(key: Input<string> | Column | Order | RawNode): Order {
  return isKind(key, "order") ? (key as Order) : asc(key as Input<string>);
}

function isKind(value: unknown, kind: string): boolean {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}
