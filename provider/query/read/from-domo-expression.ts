import { UNKNOWN } from "../../host/unknown";
import type { Operator } from "../ast";
import type { Report } from "../fault";
import { LACKS, lackOfJson, lackSentence } from "../lacks";
import { quoted } from "../literal";
import { betweenNode, columnNode, compareNode, countNode, inNode, numberNode, textNode } from "../nodes";
import { comparisonTypes, mirrored, operatorOfJson } from "../operators";
import { isEmpty, tidyKeys } from "./domo-json";

const PREDICATES = [...comparisonTypes, "IN", "BETWEEN", "AND"];
const EXPRESSIONS = ["COLUMN", "STRING_VALUE", "NUMERIC_VALUE", "FUNCTION"];
/** What Domo's language has, under another name. */
const SPELLED = new Map([
  ["NOT", 'negate EQUALS or IN with "not": true'],
  ["NOT_EQUALS", 'write EQUALS with "not": true'],
  ["NOT_IN", 'write IN with "not": true'],
  ["DATE_VALUE", "write a STRING_VALUE of the form YYYY-MM-DD HH:mm:ss"],
]);

type Json = Record<string, unknown>;

/** Reads a predicate of Domo's JSON into a loose tree. A `raw(…)` in its place stays as it is. */
export function readPredicateJson(input: unknown, path: string, report: Report): unknown {
  if (isRaw(input)) return input;
  const json = tidyKeys(input);
  const type = json.exprType;
  if (input === UNKNOWN || type === UNKNOWN) return UNKNOWN;
  const operator = operatorOfJson(type);
  if (operator) return readComparison(json, operator, path, report);
  switch (type) {
    case "AND":
      only(json, ["leftExpr", "rightExpr"], path, report);
      return {
        kind: "and",
        terms: ["leftExpr", "rightExpr"].map((side) => readPredicateJson(json[side], `${path}.${side}`, report)),
      };
    case "IN":
      return readIn(json, path, report);
    case "BETWEEN":
      return readBetween(json, path, report);
    default:
      return unknownType(type, PREDICATES, path, report);
  }
}

/** Reads a column, a count or a value of Domo's JSON into a loose tree. */
export function readExpression(input: unknown, path: string, report: Report): unknown {
  if (isRaw(input)) return input;
  const json = tidyKeys(input);
  if (input === UNKNOWN || json.exprType === UNKNOWN) return UNKNOWN;
  switch (json.exprType) {
    case "COLUMN":
      only(json, ["column"], path, report);
      return columnNode(json.column);
    case "STRING_VALUE":
      only(json, ["value"], path, report);
      return textNode(json.value);
    case "NUMERIC_VALUE":
      only(json, ["value"], path, report);
      return numberNode(json.value);
    case "FUNCTION":
      return readCount(json, path, report);
    default:
      return unknownType(json.exprType, EXPRESSIONS, path, report);
  }
}

function readComparison(json: Json, operator: Operator, path: string, report: Report): unknown {
  only(json, ["leftExpr", "rightExpr", "not"], path, report);
  const not = readFlag(json, "not", path, report);
  if (not === true && operator !== "eq")
    return report(`${path}.not`, "is known for EQUALS and IN only; write the opposite comparison instead");
  const left = side(json, "leftExpr", path, report);
  const right = side(json, "rightExpr", path, report);
  if (not === UNKNOWN) return UNKNOWN;
  const named = not ? "ne" : operator;
  return isValue(left) && !isValue(right) ? compareNode(mirrored(named), right, left) : compareNode(named, left, right);
}

function readIn(json: Json, path: string, report: Report): unknown {
  only(json, ["leftExpr", "selectSet", "not"], path, report);
  const set = json.selectSet === UNKNOWN ? [UNKNOWN] : json.selectSet;
  if (!Array.isArray(set)) return report(`${path}.selectSet`, `${quoted(set)} is not a list`);
  const values = set.map((value, index) => readExpression(value, `${path}.selectSet[${index}]`, report));
  return inNode(side(json, "leftExpr", path, report), readFlag(json, "not", path, report), values);
}

function readBetween(json: Json, path: string, report: Report): unknown {
  only(json, ["leftExpr", "betweenStart", "betweenEnd", "not"], path, report);
  const not = readFlag(json, "not", path, report);
  if (not === true) report(`${path}.not`, `negates BETWEEN: ${lackSentence(LACKS.notBetween)}`);
  const [left, from, to] = ["leftExpr", "betweenStart", "betweenEnd"].map((key) => side(json, key, path, report));
  return not === UNKNOWN ? UNKNOWN : betweenNode(left, from, to);
}

function readCount(json: Json, path: string, report: Report): unknown {
  only(json, ["name", "distinct", "arguments"], path, report);
  const { name } = json;
  if (name === UNKNOWN || json.arguments === UNKNOWN) return UNKNOWN;
  if (typeof name !== "string" || name.toUpperCase() !== "COUNT") {
    const sentence = lackSentence({ ...LACKS.functions, name: `function ${quoted(name)}, only COUNT` });
    return report(`${path}.name`, `${sentence}, or use raw(…)`);
  }
  const [argument, ...more] = Array.isArray(json.arguments) ? (json.arguments as unknown[]) : [];
  if (argument === undefined || more.length > 0) return report(`${path}.arguments`, "must be a list of one column");
  const column = readExpression(argument, `${path}.arguments[0]`, report);
  return countNode(column, readFlag(json, "distinct", path, report));
}

function side(json: Json, key: string, path: string, report: Report): unknown {
  return readExpression(json[key], `${path}.${key}`, report);
}

/** Reads true or false; nothing means false, as with Domo. What is not known yet stays so. */
function readFlag(json: Json, key: "not" | "distinct", path: string, report: Report): unknown {
  const flag = json[key] ?? false;
  if (typeof flag === "boolean" || flag === UNKNOWN) return flag;
  return report(`${path}.${key}`, `${quoted(flag)} is neither true nor false`);
}

function isValue(node: unknown): boolean {
  return ["text", "number"].includes((node as { kind?: string } | undefined)?.kind ?? "");
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
  const place = `${path}.exprType`;
  if (type === undefined) return report(place, `is missing; it is one of ${known.join(", ")}`);
  const name = typeof type === "string" ? type : "";
  const advice = SPELLED.get(name.toUpperCase()) ?? lackOfJson(name)?.instead ?? `use one of ${known.join(", ")}`;
  return report(place, `${quoted(type)} is not documented by Domo for this place; ${advice}, or use raw(…)`);
}
