import type { Input } from "@pulumi/pulumi";
import type { RawNode } from "../ast";
import { select, type SelectBuilder, type SelectItem } from "./builder";
import type { AtLeastOne } from "./given";
import type { Column, Count, OperandFor, Order, Predicate } from "./input";
import { between, eq, gt, gte, inList, lt, lte, ne, notIn } from "./predicates";
import { asc, column, count, countDistinct, desc } from "./values";

type Columns<Row> = keyof Row & string;
type Ordered<Row> = { [C in Columns<Row>]: NonNullable<Row[C]> extends number | Date ? C : never }[Columns<Row>];
type List<T> =
  readonly OperandFor<T>[] | Input<readonly (NonNullable<T> extends string | number ? NonNullable<T> : never)[]>;
type Compare<Row> = <C extends Columns<Row>>(column: C, value: OperandFor<Row[C]>) => Predicate<Pick<Row, C>>;
type CompareOrdered<Row> = <C extends Ordered<Row>>(column: C, value: OperandFor<Row[C]>) => Predicate<Pick<Row, C>>;

/**
 * The query functions with the columns of one dataset: a column that it does not have, a value of another type than the
 * column's, or an order of texts (which Domo does not define) is a compile error. At run time they are the same
 * functions as the untyped ones.
 */
export interface Dataset<Row> {
  /** See {@link select}. */
  select<Items extends readonly SelectItem<Row>[]>(...columns: AtLeastOne<Items, SelectItem<Row>>): SelectBuilder<Row>;
  /** `"Region" = 'West'`. */
  eq: Compare<Row>;
  /** `"Region" <> 'West'`. Grade C. */
  ne: Compare<Row>;
  /** `"Sales" > 100`, for numbers and dates. Grade C. */
  gt: CompareOrdered<Row>;
  /** `"Sales" < 100`, for numbers and dates. Grade C. */
  lt: CompareOrdered<Row>;
  /** `"Sales" >= 100`, for numbers and dates. Grade C. */
  gte: CompareOrdered<Row>;
  /** `"Sales" <= 100`, for numbers and dates. Grade C. */
  lte: CompareOrdered<Row>;
  /** `"Region" IN ('West', 'East')`. */
  inList<C extends Columns<Row>>(column: C, values: List<Row[C]>): Predicate<Pick<Row, C>>;
  /** `"Region" NOT IN ('West', 'East')`. */
  notIn<C extends Columns<Row>>(column: C, values: List<Row[C]>): Predicate<Pick<Row, C>>;
  /** `"Sales" BETWEEN 100 AND 200`, for numbers and dates. */
  between<C extends Ordered<Row>>(column: C, from: OperandFor<Row[C]>, to: OperandFor<Row[C]>): Predicate<Pick<Row, C>>;
  /** `"Region"`. */
  column<C extends Columns<Row>>(name: C): Column<Pick<Row, C>>;
  /** `COUNT("Region")`. */
  count<C extends Columns<Row>>(column: C): Count<Pick<Row, C>>;
  /** `COUNT(DISTINCT "Region")`. */
  countDistinct<C extends Columns<Row>>(column: C): Count<Pick<Row, C>>;
  /** `"Region" ASC`. */
  asc<C extends Columns<Row>>(by: C | RawNode): Order<Pick<Row, C>>;
  /** `"Region" DESC`. */
  desc<C extends Columns<Row>>(by: C | RawNode): Order<Pick<Row, C>>;
}

const untyped = Object.freeze({
  select,
  eq,
  ne,
  gt,
  lt,
  gte,
  lte,
  inList,
  notIn,
  between,
  column,
  count,
  countDistinct,
  asc,
  desc,
});

/**
 * Fixes the columns of a dataset and their types, so that the compiler checks the query:
 *
 * ```ts
 * const orders = dataset<Orders>();
 * orders.select("Order ID", "Region").where(orders.eq("Region", "West"));
 * ```
 *
 * ```sql
 * SELECT "Order ID", "Region" FROM dataset WHERE "Region" = 'West'
 * ```
 *
 * The functions without a row type, such as `eq`, work in its builders too and are checked as far as they name columns.
 *
 * @typeParam Row The columns: `string` for STRING, `number` for LONG, DOUBLE and DECIMAL, `Date` for DATE and DATETIME.
 * `pulumi-domo-s3-export types` writes it from the dataset's schema.
 */
export function dataset<Row extends object>(): Dataset<Row> {
  return untyped as unknown as Dataset<Row>;
}
