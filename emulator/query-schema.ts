import { z } from "zod";
import { ApiError } from "./api-error";

const column = z.strictObject({ exprType: z.literal("COLUMN"), column: z.string().min(1) });
const text = z.strictObject({ exprType: z.literal("STRING_VALUE"), value: z.string() });
const number = z.strictObject({ exprType: z.literal("NUMERIC_VALUE"), value: z.number() });
const value = z.discriminatedUnion("exprType", [text, number]);
const operand = z.discriminatedUnion("exprType", [column, text, number]);
const count = z.strictObject({
  exprType: z.literal("FUNCTION"),
  name: z.literal("COUNT"),
  distinct: z.boolean().default(false),
  arguments: z.tuple([column]),
});

const not = z.boolean().default(false);
const equals = z.strictObject({ exprType: z.literal("EQUALS"), leftExpr: operand, rightExpr: operand, not });
const comparison = z.strictObject({
  exprType: z.enum(["GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL_TO", "LESS_THAN_OR_EQUAL_TO"]),
  leftExpr: operand,
  rightExpr: operand,
});
const inSet = z.strictObject({ exprType: z.literal("IN"), leftExpr: column, not, selectSet: z.array(value).min(1) });
const between = z.strictObject({
  exprType: z.literal("BETWEEN"),
  leftExpr: column,
  betweenStart: value,
  betweenEnd: value,
});
const and = z.strictObject({
  exprType: z.literal("AND"),
  get leftExpr(): z.ZodType<Predicate> {
    return predicate;
  },
  get rightExpr(): z.ZodType<Predicate> {
    return predicate;
  },
});
const predicate: z.ZodType<Predicate> = z.discriminatedUnion("exprType", [equals, comparison, inSet, between, and]);

/** The `query` of an export request: what the contract's table lists and nothing beyond. */
export const domoQuery = z.strictObject({
  columns: z.array(z.discriminatedUnion("exprType", [column, count])).min(1),
  groupByColumns: z.array(column).default([]),
  orderByColumns: z
    .array(z.strictObject({ expression: column, order: z.enum(["ASCENDING", "DESCENDING"]) }))
    .default([]),
  where: predicate.nullish(),
  limit: z.strictObject({ limit: z.int().positive(), offset: z.int().nonnegative().default(0) }).nullish(),
});

/** A query that passed {@link domoQuery}. */
export type DomoQuery = z.output<typeof domoQuery>;
/** A column or a value. */
export type Operand = z.output<typeof operand>;
/** A constant. */
export type Value = z.output<typeof value>;
/** A condition. */
export type Predicate =
  | z.output<typeof equals>
  | z.output<typeof comparison>
  | z.output<typeof inSet>
  | z.output<typeof between>
  | { exprType: "AND"; leftExpr: Predicate; rightExpr: Predicate };

/** Reads a query on its own. */
export function readQuery(query: unknown): DomoQuery {
  const parsed = domoQuery.safeParse(query);
  if (!parsed.success) throw new ApiError(400, `Invalid query: ${schemaFaults(parsed.error)}`);
  return parsed.data;
}

/** What is wrong with a body, by path; never the values in it. */
export function schemaFaults(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`).join("; ");
}
