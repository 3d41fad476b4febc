import type { Operator } from "./ast";

/** The six comparisons: how SQL and Domo's JSON write them, and which one says the same with its sides exchanged. */
const OPERATORS = {
  eq: { sql: "=", domo: "EQUALS", not: false, mirror: "eq" },
  ne: { sql: "<>", domo: "EQUALS", not: true, mirror: "ne" },
  gt: { sql: ">", domo: "GREATER_THAN", not: false, mirror: "lt" },
  lt: { sql: "<", domo: "LESS_THAN", not: false, mirror: "gt" },
  gte: { sql: ">=", domo: "GREATER_THAN_OR_EQUAL_TO", not: false, mirror: "lte" },
  lte: { sql: "<=", domo: "LESS_THAN_OR_EQUAL_TO", not: false, mirror: "gte" },
} satisfies Record<Operator, { sql: string; domo: string; not: boolean; mirror: Operator }>;

const entries = Object.entries(OPERATORS) as [Operator, (typeof OPERATORS)[Operator]][];
const bySql = new Map<string, Operator>([...entries.map(([name, { sql }]) => [sql, name] as const), ["!=", "ne"]]);
const byDomo = new Map(entries.filter(([, { not }]) => !not).map(([name, { domo }]) => [domo, name]));

/** The names of the operators, for a message. */
export const operatorNames: readonly string[] = Object.keys(OPERATORS);

/** The `exprType`s of Domo's JSON that compare two sides. */
export const comparisonTypes: readonly string[] = [...byDomo.keys()];

/** Tells whether a value is the name of an operator. */
export function isOperator(value: unknown): value is Operator {
  return typeof value === "string" && Object.hasOwn(OPERATORS, value);
}

/** The operator as SQL: `<>`. */
export function operatorSql(operator: Operator): string {
  return OPERATORS[operator].sql;
}

/** The operator in Domo's JSON, which writes `ne` as a negated `EQUALS`. */
export function operatorJson(operator: Operator): { exprType: string; not: boolean } {
  const { domo, not } = OPERATORS[operator];
  return { exprType: domo, not };
}

/** The operator that an SQL symbol stands for. */
export function operatorOfSql(symbol: string): Operator | undefined {
  return bySql.get(symbol);
}

/** The operator that an `exprType` stands for where it is not negated. */
export function operatorOfJson(exprType: unknown): Operator | undefined {
  return typeof exprType === "string" ? byDomo.get(exprType) : undefined;
}

/** The operator that says the same with its sides exchanged: `1 < "x"` is `"x" > 1`. */
export function mirrored(operator: Operator): Operator {
  return OPERATORS[operator].mirror;
}
