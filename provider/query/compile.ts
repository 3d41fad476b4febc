import type { Operator, OperandNode, PredicateNode, SelectItemNode, SelectNode, TermNode, ValueNode } from "./ast";

/** The JSON of one expression in Domo's query language. */
export type DomoExpression = { exprType: string } & Record<string, unknown>;

/** The `query` object of an export request. */
export interface DomoQueryObject {
  columns: unknown[];
  groupByColumns: unknown[];
  orderByColumns: { expression: unknown; order: "ASCENDING" | "DESCENDING" }[];
  where?: unknown;
  limit?: { limit: number; offset: number };
}

/**
 * Writes a query as Domo's JSON. Equal trees give equal bytes through `JSON.stringify`.
 *
 * @param query A tree as `normalizeQuery` returns it.
 */
export function compile(query: SelectNode): DomoQueryObject {
  return {
    columns: query.columns.map(compileNode),
    groupByColumns: (query.groupBy ?? []).map(compileNode),
    orderByColumns: (query.orderBy ?? []).map(({ by, direction }) => ({
      expression: compileNode(by),
      order: direction === "asc" ? "ASCENDING" : "DESCENDING",
    })),
    ...(query.where && { where: compileNode(query.where) }),
    ...(query.limit !== undefined && { limit: { limit: query.limit, offset: query.offset ?? 0 } }),
  };
}

function compileNode(node: SelectItemNode | OperandNode | ValueNode | PredicateNode): unknown {
  switch (node.kind) {
    case "column":
      return { exprType: "COLUMN", column: node.name };
    case "count":
      return { exprType: "FUNCTION", name: "COUNT", distinct: node.distinct, arguments: [compileNode(node.column)] };
    case "text":
    case "datetime":
      return { exprType: "STRING_VALUE", value: node.value };
    case "number":
      return { exprType: "NUMERIC_VALUE", value: node.value };
    case "compare":
      return {
        exprType: COMPARISON[node.operator],
        leftExpr: compileNode(node.left),
        rightExpr: compileNode(node.right),
        ...(node.operator === "ne" && { not: true }),
      };
    case "in":
      return {
        exprType: "IN",
        leftExpr: compileNode(node.left),
        not: node.not,
        selectSet: node.values.map(compileNode),
      };
    case "between":
      return {
        exprType: "BETWEEN",
        leftExpr: compileNode(node.left),
        betweenStart: compileNode(node.from),
        betweenEnd: compileNode(node.to),
      };
    case "and":
      return foldLeft(node.terms);
    case "raw":
      return node.json;
  }
}

const COMPARISON = {
  eq: "EQUALS",
  ne: "EQUALS",
  gt: "GREATER_THAN",
  lt: "LESS_THAN",
  gte: "GREATER_THAN_OR_EQUAL_TO",
  lte: "LESS_THAN_OR_EQUAL_TO",
} satisfies Record<Operator, string>;

function foldLeft(terms: readonly TermNode[]): unknown {
  return terms.map(compileNode).reduce((leftExpr, rightExpr) => ({ exprType: "AND", leftExpr, rightExpr }));
}
