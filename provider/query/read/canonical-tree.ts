import { UNKNOWN } from "../../host/unknown";
import type {
  ColumnNode,
  OperandNode,
  Operator,
  OrderNode,
  PredicateNode,
  SelectItemNode,
  SelectNode,
  TermNode,
} from "../ast";
import type { Report } from "../fault";
import { quoted } from "../literal";
import { asRecord, normalizeRaw, normalizeValue, onlyKeys, readText } from "./canonical-value";

const OPERATORS: readonly string[] = ["eq", "ne", "gt", "lt", "gte", "lte"] satisfies Operator[];
const SELECT_KEYS = ["kind", "columns", "where", "groupBy", "orderBy", "limit", "offset"];

/** Brings a tree, as a builder or a reader made it, into its canonical form. */
export function normalizeSelect(input: unknown, report: Report): SelectNode | undefined {
  const tree = asRecord(input, "query", report);
  if (!tree) return undefined;
  onlyKeys(tree, SELECT_KEYS, "query", report);
  const columns = readList(tree.columns, "query.columns", report, readItem);
  if (columns?.length === 0) {
    report("query.columns", "is empty; name the columns to export, as Domo's query language has no SELECT *");
  }
  const where = isAbsent(tree.where) ? undefined : readPredicate(tree.where, "query.where", report);
  const groupBy = isAbsent(tree.groupBy) ? [] : readList(tree.groupBy, "query.groupBy", report, readOperand);
  const orderBy = isAbsent(tree.orderBy) ? [] : readList(tree.orderBy, "query.orderBy", report, readOrder);
  const limit = readCount(tree.limit, 1, "query.limit", report);
  const offset = readCount(tree.offset, 0, "query.offset", report);
  if (offset && limit === undefined && isAbsent(tree.limit)) {
    report("query.offset", `${quoted(offset)} needs a limit, as Domo takes both together; add limit(…)`);
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
  if (typeof count.distinct !== "boolean" && count.distinct !== undefined && count.distinct !== UNKNOWN) {
    return report(`${path}.distinct`, `${quoted(count.distinct)} is neither true nor false`);
  }
  return column && Object.freeze({ kind: "count", column, distinct: count.distinct === true });
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
  return name === undefined ? undefined : Object.freeze({ kind: "column", name });
}

function readOrder(input: unknown, path: string, report: Report): OrderNode | undefined {
  if (kindOf(input) !== "order") {
    const by = readOperand(input, path, report);
    return by && Object.freeze({ kind: "order", by, direction: "asc" });
  }
  const order = input as Record<string, unknown>;
  onlyKeys(order, ["kind", "by", "direction"], path, report);
  const by = readOperand(order.by, `${path}.by`, report);
  const direction = order.direction === UNKNOWN ? "asc" : order.direction;
  if (direction !== "asc" && direction !== "desc") {
    return report(`${path}.direction`, `${quoted(direction)} is neither "asc" nor "desc"`);
  }
  return by && Object.freeze({ kind: "order", by, direction });
}

function readPredicate(input: unknown, path: string, report: Report): PredicateNode | undefined {
  if (kindOf(input) !== "and") return readTerm(input, path, report);
  const and = input as Record<string, unknown>;
  onlyKeys(and, ["kind", "terms"], path, report);
  if (and.terms === UNKNOWN) return unknownRaw();
  const terms = readList(and.terms, `${path}.terms`, report, readPredicate)?.flatMap((term) =>
    term.kind === "and" ? term.terms : [term],
  );
  if (terms?.length === 0) return report(`${path}.terms`, "is empty; give a predicate, or leave where(…) out");
  return terms?.length === 1 ? terms[0] : terms && Object.freeze({ kind: "and", terms: Object.freeze(terms) });
}

function readTerm(input: unknown, path: string, report: Report): TermNode | undefined {
  if (input === UNKNOWN) return unknownRaw();
  const kind = kindOf(input);
  if (kind === "raw") return normalizeRaw(input, path, report);
  if (kind !== "compare" && kind !== "in" && kind !== "between") {
    return report(path, `${quoted(input)} is not a predicate; give eq(…), inList(…), between(…) or another of them`);
  }
  const node = input as Record<string, unknown>;
  const left = readOperand(node.left, `${path}.left`, report);
  if (kind === "compare") {
    onlyKeys(node, ["kind", "operator", "left", "right"], path, report);
    if (!OPERATORS.includes(node.operator as string)) {
      return report(`${path}.operator`, `${quoted(node.operator)} is not an operator; use ${OPERATORS.join(", ")}`);
    }
    const right = normalizeValue(node.right, `${path}.right`, report);
    return left && right && Object.freeze({ kind, operator: node.operator as Operator, left, right });
  }
  if (kind === "in") {
    onlyKeys(node, ["kind", "left", "not", "values"], path, report);
    const values = readList(node.values, `${path}.values`, report, normalizeValue);
    if (values?.length === 0)
      return report(`${path}.values`, "is empty, so that nothing could match; give at least one value");
    return left && values && Object.freeze({ kind, left, not: node.not === true, values });
  }
  onlyKeys(node, ["kind", "left", "from", "to"], path, report);
  const from = normalizeValue(node.from, `${path}.from`, report);
  const to = normalizeValue(node.to, `${path}.to`, report);
  return left && from && to && Object.freeze({ kind, left, from, to });
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

function readCount(input: unknown, least: number, path: string, report: Report): number | undefined {
  if (isAbsent(input)) return undefined;
  if (input === UNKNOWN) return input as unknown as number;
  if (Number.isSafeInteger(input) && (input as number) >= least) return (input as number) + 0;
  return report(path, `${quoted(input)} is not a whole number of rows; give ${least} or more, or leave it out`);
}

function unknownRaw(): TermNode {
  return Object.freeze({ kind: "raw", json: UNKNOWN });
}

function kindOf(input: unknown): unknown {
  return typeof input === "object" && input !== null ? (input as Record<string, unknown>).kind : undefined;
}

function isAbsent(input: unknown): boolean {
  return input === undefined || input === null;
}
