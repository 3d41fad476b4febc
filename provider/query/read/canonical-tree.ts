import { UNKNOWN } from "../../host/unknown";
import type { ColumnNode, OperandNode, OrderNode, PredicateNode, SelectItemNode, SelectNode, TermNode } from "../ast";
import type { Report } from "../fault";
import { quoted } from "../literal";
import { andNode, betweenNode, columnNode, compareNode, countNode, inNode, orderNode, rawNode } from "../nodes";
import { isOperator, operatorNames } from "../operators";
import { asRecord, isAbsent, normalizeRaw, normalizeValue, onlyKeys, readFlag, readText } from "./canonical-value";

const SELECT_KEYS = ["kind", "columns", "where", "groupBy", "orderBy", "limit", "offset"];

/**
 * Brings a tree, as a builder or a reader made it, into its canonical form. `UNKNOWN` stays wherever it stands: what a
 * preview does not know yet must not become one of the things that it may turn out to be.
 */
export function normalizeSelect(input: unknown, report: Report): SelectNode | undefined {
  const tree = asRecord(input, "query", report);
  if (!tree) return undefined;
  onlyKeys(tree, SELECT_KEYS, "query", report);
  const columns = readList(tree.columns, "query.columns", report, readItem);
  if (columns?.length === 0) {
    report("query.columns", "is empty; list the columns to export, as Domo's query language has no SELECT *");
  }
  const where = isAbsent(tree.where) ? undefined : readPredicate(tree.where, "query.where", report);
  const groupBy = isAbsent(tree.groupBy) ? [] : readList(tree.groupBy, "query.groupBy", report, readOperand);
  const orderBy = isAbsent(tree.orderBy) ? [] : readList(tree.orderBy, "query.orderBy", report, readOrder);
  const limit = readRows(tree.limit, 1, "query.limit", report);
  const offset = readRows(tree.offset, 0, "query.offset", report);
  if (offset && tree.offset !== UNKNOWN && tree.limit === undefined) {
    report("query.offset", `${quoted(offset)} needs a limit, as Domo takes both together; add a limit`);
  }
  if (!columns || !groupBy || !orderBy) return undefined;
  return Object.freeze({
    kind: "select",
    columns,
    ...(where && { where }),
    ...(groupBy.length > 0 && { groupBy }),
    ...(orderBy.length > 0 && { orderBy }),
    ...(limit !== undefined && { limit }),
    ...(offset && { offset }),
  });
}

function readItem(input: unknown, path: string, report: Report): SelectItemNode | undefined {
  if (kindOf(input) !== "count") return readOperand(input, path, report);
  const count = input as Record<string, unknown>;
  onlyKeys(count, ["kind", "column", "distinct"], path, report);
  const column = readColumn(count.column, `${path}.column`, report);
  const distinct = readFlag(count.distinct, `${path}.distinct`, report);
  return column && distinct !== undefined ? countNode(column, distinct) : undefined;
}

function readOperand(input: unknown, path: string, report: Report): OperandNode | undefined {
  if (kindOf(input) === "raw") return normalizeRaw(input, path, report);
  return readColumn(input, path, report);
}

function readColumn(input: unknown, path: string, report: Report): ColumnNode | undefined {
  const kind = kindOf(input);
  if (kind === "count")
    return report(path, "is a count, which Domo knows among the columns only; put it there, or use raw(…)");
  if (typeof input !== "string" && kind !== "column") {
    return report(path, `${quoted(input)} is not a column; give its name as text`);
  }
  const node = typeof input === "string" ? { kind, name: input } : (input as Record<string, unknown>);
  onlyKeys(node, ["kind", "name"], path, report);
  const name = readText(node.name, typeof input === "string" ? path : `${path}.name`, report);
  if (name === "") return report(path, '"" is not a column; give its name');
  return name === undefined ? undefined : columnNode(name);
}

function readOrder(input: unknown, path: string, report: Report): OrderNode | undefined {
  if (kindOf(input) !== "order") {
    const by = readOperand(input, path, report);
    const direction = input === UNKNOWN ? (UNKNOWN as unknown as "asc") : "asc";
    return by && orderNode(by, direction);
  }
  const order = input as Record<string, unknown>;
  onlyKeys(order, ["kind", "by", "direction"], path, report);
  const by = readOperand(order.by, `${path}.by`, report);
  const direction = order.direction as OrderNode["direction"];
  if (direction !== "asc" && direction !== "desc" && order.direction !== UNKNOWN) {
    return report(`${path}.direction`, `${quoted(direction)} is neither "asc" nor "desc"`);
  }
  return by && orderNode(by, direction);
}

function readPredicate(input: unknown, path: string, report: Report): PredicateNode | undefined {
  if (kindOf(input) !== "and") return readTerm(input, path, report);
  const and = input as Record<string, unknown>;
  onlyKeys(and, ["kind", "terms"], path, report);
  if (and.terms === UNKNOWN) return rawNode(UNKNOWN);
  const terms = readList(and.terms, `${path}.terms`, report, readPredicate);
  if (terms?.length === 0) return report(`${path}.terms`, "is empty; give a predicate, or leave where(…) out");
  return terms && (andNode<PredicateNode>(terms) as PredicateNode);
}

function readTerm(input: unknown, path: string, report: Report): TermNode | undefined {
  if (input === UNKNOWN) return rawNode(UNKNOWN);
  const kind = kindOf(input);
  if (kind === "raw") return normalizeRaw(input, path, report);
  if (kind !== "compare" && kind !== "in" && kind !== "between") {
    return report(path, `${quoted(input)} is not a predicate; give eq(…), inList(…), between(…) or another of them`);
  }
  const node = input as Record<string, unknown>;
  const left = readOperand(node.left, `${path}.left`, report);
  if (kind === "compare") {
    onlyKeys(node, ["kind", "operator", "left", "right"], path, report);
    const right = normalizeValue(node.right, `${path}.right`, report);
    if (node.operator === UNKNOWN) return rawNode(UNKNOWN);
    if (!isOperator(node.operator)) {
      return report(`${path}.operator`, `${quoted(node.operator)} is not an operator; use ${operatorNames.join(", ")}`);
    }
    return left && right && compareNode(node.operator, left, right);
  }
  if (kind === "in") {
    onlyKeys(node, ["kind", "left", "not", "values"], path, report);
    const not = readFlag(node.not, `${path}.not`, report);
    const values = readList(node.values, `${path}.values`, report, normalizeValue);
    if (values?.length === 0)
      return report(`${path}.values`, "is empty, so that nothing could match; give at least one value");
    return left && values && not !== undefined ? inNode(left, not, values) : undefined;
  }
  onlyKeys(node, ["kind", "left", "from", "to"], path, report);
  const from = normalizeValue(node.from, `${path}.from`, report);
  const to = normalizeValue(node.to, `${path}.to`, report);
  return left && from && to && betweenNode(left, from, to);
}

/** Reads each element; an unknown list counts as one unknown element. Undefined when an element has a fault. */
function readList<T>(
  input: unknown,
  path: string,
  report: Report,
  read: (item: unknown, path: string, report: Report) => T | undefined,
): readonly T[] | undefined {
  if (input === UNKNOWN) input = [UNKNOWN];
  if (!Array.isArray(input))
    return report(path, isAbsent(input) ? "is missing; give a list" : `${quoted(input)} is not a list`);
  const items = input.map((item, index) => read(item, `${path}[${index}]`, report));
  return items.includes(undefined) ? undefined : Object.freeze(items as T[]);
}

/** Only what is left out has no limit: a null is an output that turned out to hold nothing. */
function readRows(input: unknown, least: number, path: string, report: Report): number | undefined {
  if (input === undefined || input === UNKNOWN) return input as number | undefined;
  if (Number.isSafeInteger(input) && (input as number) >= least) return (input as number) + 0;
  return report(path, `${quoted(input)} is not a whole number of rows; give ${least} or more, or leave it out`);
}

function kindOf(input: unknown): unknown {
  return typeof input === "object" && input !== null ? (input as Record<string, unknown>).kind : undefined;
}
