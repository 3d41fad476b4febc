import type { Input } from "@pulumi/pulumi";
import type {
  BetweenNode,
  ColumnNode,
  CompareNode,
  CountNode,
  DateTimeNode,
  InNode,
  NumberNode,
  OrderNode,
  RawNode,
  SelectNode,
  TextNode,
} from "../ast";

declare const ROW: unique symbol;

/** Says at compile time which columns a piece of a query needs and what they hold; there is nothing of it at run time. */
export interface Needs<Row> {
  readonly [ROW]?: (row: Row) => void;
}

/** What several pieces need together. */
export type NeedsOf<Piece> = [Piece] extends [Needs<infer Row>] ? Row : never;

/** A date written as text: `2024-01-31`, `2024-01-31 10:00:00` or `2024-01-31T10:00:00Z`. */
export type DateText = `${number}-${number}-${number}` | `${number}-${number}-${number}${"T" | " "}${string}`;

/** A column, as `column("Region")` gives it. */
export type Column<Row = never> = Loose<ColumnNode, "name"> & Needs<Row>;

/** A count, as `count("Region")` gives it. */
export type Count<Row = never> = Omit<CountNode, "column"> & { readonly column: Column } & Needs<Row>;

/** A predicate, as `eq("Region", "West")` gives it. */
export type Predicate<Row = never> = (CompareInput | InInput | BetweenInput | AndInput | RawNode) & Needs<Row>;

/** A sort key, as `desc("Order Date")` gives it. */
export type Order<Row = never> = Omit<OrderNode, "by"> & { readonly by: Column | RawNode } & Needs<Row>;

/** A value node, as `text("West")` or `datetime("2024-01-31")` gives it. */
export type Value = Loose<TextNode, "value"> | Loose<NumberNode, "value"> | Loose<DateTimeNode, "value"> | RawNode;

/** What a column may be compared with, without a row type. */
export type Operand = Input<string> | Input<number> | Date | Value;

/** What the columns of a row type that hold a `T` may be compared with. */
export type OperandFor<T> =
  | RawNode
  | (NonNullable<T> extends string ? Input<NonNullable<T>> | Loose<TextNode, "value"> : never)
  | (NonNullable<T> extends number ? Input<NonNullable<T>> | Loose<NumberNode, "value"> : never)
  | (NonNullable<T> extends Date ? Date | Input<DateText> | Loose<DateTimeNode, "value"> : never);

/** A query tree whose names and values may be outputs of other resources. */
export interface SelectInput {
  readonly kind: "select";
  /** What is exported, in the order of the file's columns. */
  readonly columns: readonly (Column | Count | RawNode)[];
  /** The row filter. Default: all rows that the token's user may see. */
  readonly where?: Predicate;
  /** The columns that make one row of each group. */
  readonly groupBy?: readonly (Column | RawNode)[];
  /** The sort keys, the first one first. */
  readonly orderBy?: readonly Order[];
  /** Rows at most, 1 or more. Default: all. */
  readonly limit?: Input<number>;
  /** Rows that are skipped; only with `limit`. */
  readonly offset?: Input<number>;
}

/** SQL text that the provider reads, as `sql("SELECT …")` gives it. */
export interface SqlNode {
  readonly kind: "sql";
  /** The SQL text. */
  readonly text: Input<string>;
}

/** Domo's own JSON: the `query` of an export request, or the `queryRequest` around it. */
export type DomoJson = { readonly [key: string]: unknown } & (
  { readonly columns: unknown } | { readonly query: unknown } | { readonly queryRequest: unknown }
);

/** Every way to write a query: a builder, a tree, SQL text or Domo's JSON. */
export type QueryInput =
  { readonly kind: "query"; readonly tree: SelectInput } | SelectInput | SelectNode | SqlNode | DomoJson;

type Loose<Node, Key extends keyof Node> = Omit<Node, Key> & { readonly [K in Key]: Input<Node[K]> };
type CompareInput = Omit<CompareNode, "left" | "right"> & {
  readonly left: Column | RawNode;
  readonly right: ValueInput;
};
type InInput = Omit<InNode, "left" | "values"> & {
  readonly left: Column | RawNode;
  readonly values: Input<readonly ValueInput[]>;
};
type BetweenInput = Omit<BetweenNode, "left" | "from" | "to"> & {
  readonly left: Column | RawNode;
  readonly from: ValueInput;
  readonly to: ValueInput;
};
type AndInput = { readonly kind: "and"; readonly terms: readonly Predicate[] };

/** A value in a builder's tree: a node, or an output that stands for a text or a number. */
export type ValueInput = Value | Input<string> | Input<number>;
