import { UNKNOWN } from "../../host/unknown";
import type { Operator } from "../ast";
import { isEmpty, tidyKeys } from "./domo-json";
import type { Report } from "../fault";
import { mirrored } from "../operators";
import { quoted } from "../literal";

const OPERATORS: Record<string, Operator> = {
  EQUALS: "eq",
  GREATER_THAN: "gt",
  LESS_THAN: "lt",
  GREATER_THAN_OR_EQUAL_TO: "gte",
  LESS_THAN_OR_EQUAL_TO: "lte",
};
const PREDICATES = [...Object.keys(OPERATORS), "IN", "BETWEEN", "AND"];
const WAYS_OUT: Record<string, string> = {
  OR: "say OR over one column with IN",
  NOT: 'negate EQUALS or IN with "not": true',
  NOT_EQUALS: 'write EQUALS with "not": true',
  NOT_IN: 'write IN with "not": true',
  LIKE: "list the values with IN, or filter after the export",
  IS_NULL: "filter nulls after the export",
  DATE_VALUE: "write a STRING_VALUE of the form YYYY-MM-DD HH:mm:ss",
};

type Json = Record<string, unknown>;

/** Reads a predicate of Domo's JSON into a loose tree. A `raw(…)` in its place stays as it is. */
export function readPredicateJson(input: unknown, path: string, report: Report): unknown {
  if (input === UNKNOWN || isRaw(input)) return input;
  const json = tidyKeys(input);
  const type = json.exprType;
  if (type === "AND") {
    only(json, ["leftExpr", "rightExpr"], path, report);
    const terms = [
      readPredicateJson(json.leftExpr, `${path}.leftExpr`, report),
      readPredicateJson(json.rightExpr, `${path}.rightExpr`, report),
    ];
    return { kind: "and", terms };
  }
  if (type === "IN") {
    only(json, ["leftExpr", "selectSet", "not"], path, report);
    const set = json.selectSet === UNKNOWN ? [UNKNOWN] : json.selectSet;
    if (!Array.isArray(set)) return report(`${path}.selectSet`, `${quoted(set)} is not a list`);
    const values = set.map((value, i) => readExpression(value, `${path}.selectSet[${i}]`, report));
    return { kind: "in", left: left(json, path, report), not: isNegated(json, path, report), values };
  }
  if (type === "BETWEEN") {
    only(json, ["leftExpr", "betweenStart", "betweenEnd", "not"], path, report);
    if (isNegated(json, path, report))
      report(`${path}.not`, "Domo's documented language has no negated BETWEEN; give two queries, or use raw(…)");
    const from = readExpression(json.betweenStart, `${path}.betweenStart`, report);
    return {
      kind: "between",
      left: left(json, path, report),
      from,
      to: readExpression(json.betweenEnd, `${path}.betweenEnd`, report),
    };
  }
  const operator = typeof type === "string" ? OPERATORS[type] : undefined;
  if (!operator) return unknownType(type, PREDICATES, `${path}.exprType`, report);
  return readComparison(json, operator, path, report);
}

/** Reads a column, a count or a value of Domo's JSON into a loose tree. */
export function readExpression(input: unknown, path: string, report: Report): unknown {
  if (input === UNKNOWN || isRaw(input)) return input;
  const json = tidyKeys(input);
  switch (json.exprType) {
    case "COLUMN":
      only(json, ["column"], path, report);
      return { kind: "column", name: json.column };
    case "STRING_VALUE":
      only(json, ["value"], path, report);
      return { kind: "text", value: json.value };
    case "NUMERIC_VALUE":
      only(json, ["value"], path, report);
      return { kind: "number", value: json.value };
    case "FUNCTION":
      return readCount(json, path, report);
    default:
      return unknownType(
        json.exprType,
        ["COLUMN", "STRING_VALUE", "NUMERIC_VALUE", "FUNCTION"],
        `${path}.exprType`,
        report,
      );
  }
}

function readComparison(json: Json, operator: Operator, path: string, report: Report): unknown {
  only(json, ["leftExpr", "rightExpr", "not"], path, report);
  const not = isNegated(json, path, report);
  if (not && operator !== "eq")
    return report(`${path}.not`, "is known for EQUALS and IN only; write the opposite comparison instead");
  const sides = [left(json, path, report), readExpression(json.rightExpr, `${path}.rightExpr`, report)] as const;
  const swapped = isValue(sides[0]) && !isValue(sides[1]);
  const named = not ? "ne" : operator;
  return swapped
    ? { kind: "compare", operator: mirrored(named), left: sides[1], right: sides[0] }
    : { kind: "compare", operator: named, left: sides[0], right: sides[1] };
}

function readCount(json: Json, path: string, report: Report): unknown {
  only(json, ["name", "distinct", "arguments"], path, report);
  if (typeof json.name !== "string" || json.name.toUpperCase() !== "COUNT") {
    return report(
      `${path}.name`,
      `${quoted(json.name)} is not a known function, only COUNT is; compute it after the export, or use raw(…)`,
    );
  }
  const [argument, ...more] = Array.isArray(json.arguments) ? (json.arguments as unknown[]) : [];
  if (argument === undefined || more.length > 0) return report(`${path}.arguments`, "must be a list of one column");
  return {
    kind: "count",
    column: readExpression(argument, `${path}.arguments[0]`, report),
    distinct: json.distinct ?? false,
  };
}

function left(json: Json, path: string, report: Report): unknown {
  return readExpression(json.leftExpr, `${path}.leftExpr`, report);
}

function isNegated({ not }: Json, path: string, report: Report): boolean {
  if (not !== undefined && not !== null && typeof not !== "boolean")
    report(`${path}.not`, `${quoted(not)} is neither true nor false`);
  return not === true;
}

function isValue(node: unknown): boolean {
  return (
    typeof node === "object" && node !== null && "kind" in node && (node.kind === "text" || node.kind === "number")
  );
}

function isRaw(input: unknown): boolean {
  return typeof input === "object" && input !== null && "kind" in input && input.kind === "raw";
}

function only(json: Json, allowed: readonly string[], path: string, report: Report): void {
  for (const key of Object.keys(json)) {
    if (key === "exprType" || allowed.includes(key) || isEmpty(json[key])) continue;
    report(
      `${path}.${key}`,
      `is not part of ${String(json.exprType)} in Domo's documented language; remove it, or use raw(…)`,
    );
  }
}

function unknownType(type: unknown, known: readonly string[], path: string, report: Report): undefined {
  if (type === undefined) return report(path, `is missing; it is one of ${known.join(", ")}`);
  const wayOut = typeof type === "string" ? WAYS_OUT[type.toUpperCase()] : undefined;
  return report(
    path,
    `${quoted(type)} is not in Domo's documented language here (${known.join(", ")}); ${wayOut ?? "use one of them"}, or use raw(…)`,
  );
}
