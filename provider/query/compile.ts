import { hasUnknown } from "../host/unknown";
import type { OperandNode, PredicateNode, SelectItemNode, SelectNode, TermNode, ValueNode } from "./ast";
import { operatorJson } from "./operators";

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
 * @param query A tree as `normalizeQuery` returns it, of which everything is known.
 */
export function compile(query: SelectNode): DomoQueryObject {
  // Whatever stood for it would be sent as if it were meant.
  if (hasUnknown(query))
    throw new Error("a query that is not known yet can't be compiled; this is a bug of the package");
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
    case "compare": {
      const { exprType, not } = operatorJson(node.operator);
      const sides = { leftExpr: compileNode(node.left), rightExpr: compileNode(node.right) };
      return { exprType, ...sides, ...(not && { not }) };
    }
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

function foldLeft(terms: readonly TermNode[]): unknown {
  return terms.map(compileNode).reduce((leftExpr, rightExpr) => ({ exprType: "AND", leftExpr, rightExpr }));
}
