import type { Operator, PredicateNode, SelectItemNode, SelectNode, ValueNode } from "./ast";
import { jsonText, nameLiteral, numberLiteral, textLiteral } from "./literal";

/**
 * Writes a query as SQL for people: one clause, one column and one predicate a line, so that a change of one value is
 * a change of one line. Equal trees give equal bytes, and `parseSql` reads the text back as the same tree.
 *
 * The text is valid for DuckDB over a table `dataset`, unless it holds a `RAW('…')`. A date or time is a plain literal
 * there, as Domo knows no other; it takes the type of the column that it is compared with.
 *
 * @param query A tree as `normalizeQuery` returns it.
 */
export function render(query: SelectNode): string {
  const lines = ["SELECT", ...list(query.columns.map(renderNode)), "FROM dataset"];
  if (query.where) {
    const terms = query.where.kind === "and" ? query.where.terms : [query.where];
    lines.push(...terms.map((term, index) => `${index === 0 ? "WHERE" : "  AND"} ${renderNode(term)}`));
  }
  if (query.groupBy) lines.push("GROUP BY", ...list(query.groupBy.map(renderNode)));
  if (query.orderBy) {
    lines.push(
      "ORDER BY",
      ...list(query.orderBy.map((order) => `${renderNode(order.by)} ${order.direction.toUpperCase()}`)),
    );
  }
  if (query.limit !== undefined) lines.push(`LIMIT ${query.limit}`);
  if (query.offset !== undefined) lines.push(`OFFSET ${query.offset}`);
  return lines.join("\n");
}

/** Writes one part of a query as SQL. */
export function renderNode(node: SelectItemNode | ValueNode | PredicateNode): string {
  switch (node.kind) {
    case "column":
      return nameLiteral(node.name);
    case "count":
      return `COUNT(${node.distinct ? "DISTINCT " : ""}${renderNode(node.column)})`;
    case "text":
    case "datetime":
      return textLiteral(node.value);
    case "number":
      return numberLiteral(node.value);
    case "compare":
      return `${renderNode(node.left)} ${COMPARISON[node.operator]} ${renderNode(node.right)}`;
    case "in":
      return `${renderNode(node.left)} ${node.not ? "NOT IN" : "IN"} (${node.values.map(renderNode).join(", ")})`;
    case "between":
      return `${renderNode(node.left)} BETWEEN ${renderNode(node.from)} AND ${renderNode(node.to)}`;
    case "and":
      return node.terms.map(renderNode).join(" AND ");
    case "raw":
      return `RAW(${textLiteral(jsonText(node.json))})`;
  }
}

const COMPARISON = { eq: "=", ne: "<>", gt: ">", lt: "<", gte: ">=", lte: "<=" } satisfies Record<Operator, string>;

function list(items: readonly string[]): string[] {
  return items.map((item, index) => `  ${item}${index < items.length - 1 ? "," : ""}`);
}
