import { ApiError } from "./api-error";
import type { ColumnDefinition } from "./options";
import type { DomoQuery, Operand, Predicate } from "./query-schema";
import { comparable, kindOf, type Parameters, parameters, valueSql } from "./query-values";
import { type RowFilter, rowFilterSql } from "./row-policies";
import { identifier } from "./sql-text";

/** A statement for DuckDB with its values. */
export interface Statement {
  readonly sql: string;
  readonly values: string[];
}

/** What a query is asked of. */
export interface QueryTarget {
  readonly table: string;
  readonly columns: readonly ColumnDefinition[];
  readonly filter: RowFilter;
}

/** Translates Domo's JSON to SQL. Names are checked against the schema, values are bound. */
export function querySql(query: DomoQuery, target: QueryTarget): Statement {
  const scope = { columns: new Map(target.columns.map((column) => [column.name, column])), into: parameters() };
  checkGrouping(query);
  const clauses = [
    `SELECT ${query.columns.map((column) => selectSql(column, scope)).join(", ")}`,
    `FROM (SELECT * FROM ${identifier(target.table)}${rowFilterSql(target.filter, scope.into)})`,
  ];
  if (query.where) clauses.push(`WHERE ${predicateSql(query.where, scope)}`);
  if (query.groupByColumns.length > 0)
    clauses.push(`GROUP BY ${query.groupByColumns.map(({ column }) => columnSql(column, scope)).join(", ")}`);
  if (query.orderByColumns.length > 0) {
    const keys = query.orderByColumns.map(
      ({ expression, order }) => `${columnSql(expression.column, scope)} ${order === "ASCENDING" ? "ASC" : "DESC"}`,
    );
    clauses.push(`ORDER BY ${keys.join(", ")}`);
  }
  if (query.limit) clauses.push(`LIMIT ${query.limit.limit} OFFSET ${query.limit.offset}`);
  return { sql: clauses.join("\n"), values: scope.into.values };
}

interface Scope {
  readonly columns: ReadonlyMap<string, ColumnDefinition>;
  readonly into: Parameters;
}

function selectSql(column: DomoQuery["columns"][number], scope: Scope): string {
  if (column.exprType === "COLUMN") return columnSql(column.column, scope);
  return `count(${column.distinct ? "DISTINCT " : ""}${columnSql(column.arguments[0].column, scope)})`;
}

function predicateSql(predicate: Predicate, scope: Scope): string {
  switch (predicate.exprType) {
    case "AND":
      return conjuncts(predicate)
        .map((part) => predicateSql(part, scope))
        .join(" AND ");
    case "EQUALS":
      return comparisonSql(predicate, predicate.not ? "<>" : "=", scope);
    case "GREATER_THAN":
      return comparisonSql(predicate, ">", scope);
    case "LESS_THAN":
      return comparisonSql(predicate, "<", scope);
    case "GREATER_THAN_OR_EQUAL_TO":
      return comparisonSql(predicate, ">=", scope);
    case "LESS_THAN_OR_EQUAL_TO":
      return comparisonSql(predicate, "<=", scope);
    case "IN": {
      const kind = kindOf(known(predicate.leftExpr.column, scope));
      const set = predicate.selectSet.map((value) => valueSql(value, kind, scope.into));
      return `${columnSql(predicate.leftExpr.column, scope)} ${predicate.not ? "NOT IN" : "IN"} (${set.join(", ")})`;
    }
    case "BETWEEN": {
      const kind = kindOf(known(predicate.leftExpr.column, scope));
      const [start, end] = [predicate.betweenStart, predicate.betweenEnd].map((v) => valueSql(v, kind, scope.into));
      return `${columnSql(predicate.leftExpr.column, scope)} BETWEEN ${start} AND ${end}`;
    }
  }
}

/** The parts of a chain of ANDs: nested parentheses would meet DuckDB's limit of depth. */
function conjuncts(predicate: Predicate): Predicate[] {
  const parts: Predicate[] = [];
  const open = [predicate];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.exprType === "AND") open.push(next.rightExpr, next.leftExpr);
    else parts.push(next);
  }
  return parts;
}

function comparisonSql(sides: { leftExpr: Operand; rightExpr: Operand }, operator: string, scope: Scope): string {
  const { leftExpr, rightExpr } = sides;
  const kinds = [leftExpr, rightExpr].flatMap((side) =>
    side.exprType === "COLUMN" ? [kindOf(known(side.column, scope))] : [],
  );
  const kind = kinds[0] ?? (leftExpr.exprType === "STRING_VALUE" ? "text" : "number");
  if (kinds.some((other) => !comparable(other, kind)))
    throw new ApiError(400, "Columns of different types cannot be compared");
  const side = (operand: Operand) =>
    operand.exprType === "COLUMN" ? columnSql(operand.column, scope) : valueSql(operand, kind, scope.into);
  return `${side(leftExpr)} ${operator} ${side(rightExpr)}`;
}

function checkGrouping(query: DomoQuery): void {
  if (query.groupByColumns.length === 0 && query.columns.every(({ exprType }) => exprType === "COLUMN")) return;
  const groups = new Set(query.groupByColumns.map(({ column }) => column));
  const plain = query.columns.flatMap((column) => (column.exprType === "COLUMN" ? [column.column] : []));
  const outside = [...plain, ...query.orderByColumns.map(({ expression }) => expression.column)].find(
    (name) => !groups.has(name),
  );
  if (outside !== undefined) throw new ApiError(400, `Column "${outside}" is not in groupByColumns`);
}

function columnSql(name: string, scope: Scope): string {
  return identifier(known(name, scope).name);
}

function known(name: string, scope: Scope): ColumnDefinition {
  const column = scope.columns.get(name);
  if (!column) throw new ApiError(400, `Unknown column "${name}"`);
  return column;
}
