import { hasUnknown } from "../../host/unknown";
import type { InNode, SelectItemNode, SelectNode, TermNode, ValueNode } from "../ast";
import { parseDateTime } from "../datetime";
import { collectFaults, type QueryFault, type Report } from "../fault";
import { quoted } from "../literal";
import { termPath, termsOf } from "../nodes";

/** The rules that need no dataset: duplicates, groups, order of bounds, mixed lists. */
export function structureFaults(query: SelectNode): QueryFault[] {
  const { faults, report } = collectFaults();
  duplicates(query.columns, "query.columns", "is exported twice", report);
  duplicates(query.groupBy ?? [], "query.groupBy", "is grouped by twice", report);
  duplicates(
    (query.orderBy ?? []).map((order) => order.by),
    "query.orderBy",
    "is sorted by twice",
    report,
  );
  groups(query, report);
  termsOf(query).forEach((term, index) => termFaults(term, termPath(query, index), report));
  return faults;
}

function duplicates(items: readonly SelectItemNode[], path: string, what: string, report: Report): void {
  const seen = new Map<string, number>();
  items.forEach((item, index) => {
    if (hasUnknown(item)) return;
    const key = JSON.stringify(item);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    else report(`${path}[${index}]`, `${describe(item)} ${what} (first at [${first}]); keep one of them`);
  });
}

function groups(query: SelectNode, report: Report): void {
  const counted = query.columns.some((column) => column.kind === "count");
  if (!counted && !query.groupBy) return;
  if (hasUnknown(query.groupBy) || query.groupBy?.some((column) => column.kind === "raw")) return;
  const grouped = new Set(query.groupBy?.map((column) => (column.kind === "column" ? column.name : "")));
  const advice = "add it to groupBy(…), count it, or leave it out";
  query.columns.forEach((column, index) => {
    if (column.kind !== "column" || grouped.has(column.name) || hasUnknown(column)) return;
    report(
      `query.columns[${index}]`,
      `${quoted(column.name)} is neither counted nor in GROUP BY, so a group may have several values of it; ${advice}`,
    );
  });
  query.orderBy?.forEach(({ by }, index) => {
    if (by.kind !== "column" || grouped.has(by.name) || hasUnknown(by)) return;
    report(
      `query.orderBy[${index}]`,
      `${quoted(by.name)} is not in GROUP BY, so groups can't be sorted by it; ${advice}`,
    );
  });
}

function termFaults(term: TermNode, path: string, report: Report): void {
  if (hasUnknown(term)) return;
  if (term.kind === "in") mixedList(term, path, report);
  if (term.kind !== "between") return;
  const { from, to } = term;
  if (isNumber(from) !== isNumber(to) && from.kind !== "raw" && to.kind !== "raw") {
    report(
      path,
      `the bounds ${describe(from)} and ${describe(to)} are of two types; give two numbers, two texts or two dates`,
    );
  } else if (isReversed(from, to)) {
    report(
      path,
      `the bounds are the wrong way round, so that nothing could match; write ${describe(to)} first and ${describe(from)} second`,
    );
  }
}

function mixedList(term: InNode, path: string, report: Report): void {
  const values = term.values.filter((value) => value.kind !== "raw");
  const odd = values.findIndex((value) => isNumber(value) !== isNumber(values[0]!));
  if (odd > 0) {
    report(
      `${path}.values`,
      `mixes numbers and texts (${describe(values[0]!)}, ${describe(values[odd]!)}); give values of one type`,
    );
  }
}

/**
 * Texts count as reversed only when they are so in every reading: with and without regard to case, as Domo's collation
 * is not known, and as dates, which may be written with different zones.
 */
function isReversed(from: ValueNode, to: ValueNode): boolean {
  if (from.kind === "raw" || to.kind === "raw") return false;
  if (from.kind === "number" || to.kind === "number") return from.value > to.value;
  const [start, end] = [parseDateTime(from.value), parseDateTime(to.value)];
  if (start.ok && end.ok && start.value <= end.value) return false;
  return from.value > to.value && from.value.toLowerCase() > to.value.toLowerCase();
}

function isNumber(value: ValueNode): boolean {
  return value.kind === "number";
}

function describe(node: SelectItemNode | ValueNode): string {
  switch (node.kind) {
    case "column":
      return quoted(node.name);
    case "count":
      return `COUNT(${node.distinct ? "DISTINCT " : ""}${quoted(node.column.name)})`;
    case "raw":
      return `raw(${quoted(node.json)})`;
    case "text":
    case "number":
    case "datetime":
      return quoted(node.value);
  }
}
