/** A column of the dataset, by the exact name that Domo's schema gives it. Domo: `COLUMN` (grade A). */
export interface ColumnNode {
  readonly kind: "column";
  /** Exact name in Domo's schema; case counts. */
  readonly name: string;
}

/**
 * `COUNT("x")`, the only function known: rows in which the column is not null, or its distinct values.
 * Domo: `FUNCTION` (grade B).
 */
export interface CountNode {
  readonly kind: "count";
  /** The column that is counted. */
  readonly column: ColumnNode;
  /** Whether equal values count once. */
  readonly distinct: boolean;
}

/**
 * JSON that goes to Domo as it is, for what an instance accepts beyond the documented language. It is not checked, and
 * every rendering shows it as `RAW('…')`.
 */
export interface RawNode {
  readonly kind: "raw";
  /** Domo's JSON, as it is sent. */
  readonly json: unknown;
}

/** A text. Domo: `STRING_VALUE` (grade A). */
export interface TextNode {
  readonly kind: "text";
  /** The text; any characters. */
  readonly value: string;
}

/** A finite number of at most 2^53 - 1, either sign. Domo: `NUMERIC_VALUE` (grade B). */
export interface NumberNode {
  readonly kind: "number";
  /** The number. */
  readonly value: number;
}

/**
 * A date or a time in the form `YYYY-MM-DD HH:mm:ss`, UTC. Domo: `STRING_VALUE` (grade B), so that a text of exactly
 * this form is the same value and becomes this node.
 */
export interface DateTimeNode {
  readonly kind: "datetime";
  /** `YYYY-MM-DD HH:mm:ss`, UTC. */
  readonly value: string;
}

/** What a column is compared with. */
export type ValueNode = TextNode | NumberNode | DateTimeNode | RawNode;

/** What stands on the left of a comparison, in `GROUP BY` and in `ORDER BY`. */
export type OperandNode = ColumnNode | RawNode;

/** Operator of a comparison. Grade A: `eq`. Grade C (one source only): `ne`, `gt`, `lt`, `gte`, `lte`. */
export type Operator = "eq" | "ne" | "gt" | "lt" | "gte" | "lte";

/** `"Region" = 'West'`. As in SQL, no comparison holds for a null, `ne` included. */
export interface CompareNode {
  readonly kind: "compare";
  /** How `left` is compared with `right`. */
  readonly operator: Operator;
  /** The column. */
  readonly left: OperandNode;
  /** The value. */
  readonly right: ValueNode;
}

/** `"Region" IN ('West', 'East')` or `NOT IN`. Domo: `IN` (grade B). */
export interface InNode {
  readonly kind: "in";
  /** The column. */
  readonly left: OperandNode;
  /** Whether it is `NOT IN`. */
  readonly not: boolean;
  /** The values, one or more. */
  readonly values: readonly ValueNode[];
}

/** `"Sales" BETWEEN 1 AND 9`, both ends included. Domo: `BETWEEN` (grade B). */
export interface BetweenNode {
  readonly kind: "between";
  /** The column. */
  readonly left: OperandNode;
  /** The lower end, included. */
  readonly from: ValueNode;
  /** The upper end, included. */
  readonly to: ValueNode;
}

/** Two or more predicates that must all hold; never nested. Domo: `AND`, binary (grade B). */
export interface AndNode {
  readonly kind: "and";
  /** The predicates, two or more. */
  readonly terms: readonly TermNode[];
}

/** One predicate of a `WHERE`. */
export type TermNode = CompareNode | InNode | BetweenNode | RawNode;

/** The whole of a `WHERE`. */
export type PredicateNode = TermNode | AndNode;

/** One column of the export. */
export type SelectItemNode = ColumnNode | CountNode | RawNode;

/** `"Order Date" DESC`. Domo: `orderByColumns` (grade B). */
export interface OrderNode {
  readonly kind: "order";
  /** What the rows are sorted by. */
  readonly by: OperandNode;
  /** `asc` puts the smallest first. */
  readonly direction: "asc" | "desc";
}

/**
 * A query in its one canonical form: what is absent has no key, `AND` is flat, `offset` is never 0. Plain JSON, frozen.
 *
 * In a preview, `UNKNOWN` stands in the place of any name, value, flag or number that is not known yet, whatever the type
 * here says; ask `hasUnknown` before a part is read as one of its meanings.
 */
export interface SelectNode {
  readonly kind: "select";
  /** What is exported, in the order of the file's columns. */
  readonly columns: readonly SelectItemNode[];
  /** The row filter; absent means all rows that the token's user may see. */
  readonly where?: PredicateNode;
  /** The columns that make one row of each group. */
  readonly groupBy?: readonly OperandNode[];
  /** The sort keys, the first one first. */
  readonly orderBy?: readonly OrderNode[];
  /** Rows at most, 1 or more; absent means all. */
  readonly limit?: number;
  /** Rows that are skipped; only with `limit`. */
  readonly offset?: number;
}

/** Every node of the tree. */
export type QueryNode = SelectNode | SelectItemNode | ValueNode | PredicateNode | OrderNode;
