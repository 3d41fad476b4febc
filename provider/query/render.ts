import { UNKNOWN } from "../host/unknown";
import type { OrderNode, PredicateNode, SelectItemNode, SelectNode, ValueNode } from "./ast";
import { jsonText, nameLiteral, NOT_KNOWN, numberLiteral, textLiteral } from "./literal";
import { termsOf } from "./nodes";
import { operatorSql } from "./operators";

/**
 * Writes a query as SQL for people: one clause, one column and one predicate a line, so that a change of one value is
 * a change of one line. Equal trees give equal bytes, and `parseSql` reads the text back as the same tree.
 *
 * The text is valid for DuckDB over a table `dataset`, unless it holds a `RAW('…')`. A date or time is a plain literal
 * there, as Domo knows no other; it takes the type of the column that it is compared with. What a preview does not know
 * yet is marked (`⟨not known yet⟩`, `⟨IN or NOT IN: not known yet⟩`); such a text is no SQL.
 *
 * @param query A tree as `normalizeQuery` returns it.
 */
export function render(query: SelectNode): string {
  const lines = ["SELECT", ...list(query.columns.map(renderNode)), "FROM dataset"];
  lines.push(...termsOf(query).map((term, index) => `${index === 0 ? "WHERE" : "  AND"} ${renderNode(term)}`));
  if (query.groupBy) lines.push("GROUP BY", ...list(query.groupBy.map(renderNode)));
  if (query.orderBy) lines.push("ORDER BY", ...list(query.orderBy.map(renderOrder)));
  if (query.limit !== undefined) lines.push(`LIMIT ${known(query.limit, String)}`);
  if (query.offset !== undefined) lines.push(`OFFSET ${known(query.offset, String)}`);
  return lines.join("\n");
}

/** Writes one part of a query as SQL. */
export function renderNode(node: SelectItemNode | ValueNode | PredicateNode): string {
  switch (node.kind) {
    case "column":
      return known(node.name, nameLiteral);
    case "count":
      return `COUNT(${known(node.distinct, (distinct) => (distinct ? "DISTINCT " : ""), "⟨DISTINCT or not: not known yet⟩ ")}${renderNode(node.column)})`;
    case "text":
    case "datetime":
      return known(node.value, textLiteral);
    case "number":
      return known(node.value, numberLiteral);
    case "compare":
      return `${renderNode(node.left)} ${operatorSql(node.operator)} ${renderNode(node.right)}`;
    case "in": {
      const operator = known(node.not, (not) => (not ? "NOT IN" : "IN"), "⟨IN or NOT IN: not known yet⟩");
      return `${renderNode(node.left)} ${operator} (${node.values.map(renderNode).join(", ")})`;
    }
    case "between":
      return `${renderNode(node.left)} BETWEEN ${renderNode(node.from)} AND ${renderNode(node.to)}`;
    case "and":
      return node.terms.map(renderNode).join(" AND ");
    case "raw":
      return known(node.json, rawLiteral);
  }
}

function renderOrder({ by, direction }: OrderNode): string {
  return `${renderNode(by)} ${known(direction, (word) => word.toUpperCase(), "⟨ASC or DESC: not known yet⟩")}`;
}

/** What is not known yet never shows as one of the things that it may become. */
function known<Value>(value: Value, write: (value: Value) => string, mark = NOT_KNOWN): string {
  return value === UNKNOWN ? mark : write(value);
}

function rawLiteral(json: unknown): string {
  return `RAW(${textLiteral(jsonText(json).replaceAll(JSON.stringify(UNKNOWN), NOT_KNOWN))})`;
}

function list(items: readonly string[]): string[] {
  return items.map((item, index) => `  ${item}${index < items.length - 1 ? "," : ""}`);
}
