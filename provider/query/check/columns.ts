import { hasUnknown } from "../../host/unknown";
import type { ColumnNode, OperandNode, SelectNode, TermNode } from "../ast";
import { collectFaults, type QueryFault, type Report } from "../fault";
import { quoted } from "../literal";
import { termPath, termsOf, valuesOf } from "../nodes";
import { nearest } from "./suggest";
import { dateFault, typeFault } from "./value-type";

/** What the check must know of a dataset: its name and its columns as the indexed schema gives them. */
export interface DatasetColumns {
  name: string;
  columns: readonly { name: string; type: string }[];
}

/**
 * Compares a query with the dataset that it reads: do the columns exist, is a name ambiguous, do the values fit the
 * columns' types. What needs no dataset was checked by `normalizeQuery` before.
 *
 * @param query A tree as `normalizeQuery` returns it.
 */
export function checkQuery(query: SelectNode, dataset: DatasetColumns): QueryFault[] {
  const { faults, report } = collectFaults();
  const types = new Map<string, string[]>();
  for (const { name, type } of dataset.columns) types.set(name, [...(types.get(name) ?? []), type]);

  const typeOf = (operand: OperandNode, path: string): string | undefined => {
    if (operand.kind === "raw" || hasUnknown(operand)) return undefined;
    const found = types.get(operand.name);
    if (found?.length === 1) return found[0]!.toUpperCase();
    return found ? ambiguous(operand, path, dataset, report) : missing(operand, path, dataset, report);
  };

  query.columns.forEach((item, index) => {
    if (item.kind === "count") typeOf(item.column, `query.columns[${index}].column`);
    else typeOf(item, `query.columns[${index}]`);
  });
  query.groupBy?.forEach((by, index) => typeOf(by, `query.groupBy[${index}]`));
  query.orderBy?.forEach(({ by }, index) => typeOf(by, `query.orderBy[${index}]`));
  for (const [index, term] of termsOf(query).entries()) {
    if (term.kind === "raw") continue;
    const path = termPath(query, index);
    const type = typeOf(term.left, `${path}.left`);
    if (type && term.left.kind === "column") checkValues({ term, path, type, column: term.left.name }, report);
  }
  return faults;
}

interface TypedTerm {
  term: Exclude<TermNode, { kind: "raw" }>;
  path: string;
  type: string;
  column: string;
}

function checkValues({ term, path, type, column }: TypedTerm, report: Report): void {
  for (const [value, place] of valuesOf(term)) {
    const fault = hasUnknown(value) ? undefined : typeFault(value, type, column);
    if (fault) report(`${path}.${place}`, fault);
  }
  if (term.kind === "between" && !hasUnknown(term)) {
    const fault = dateFault(term.from, term.to, type);
    if (fault) report(path, fault);
  }
}

function missing({ name }: ColumnNode, path: string, dataset: DatasetColumns, report: Report): undefined {
  const names = dataset.columns.map((column) => column.name);
  const meant = nearest(name, names);
  const shown = names.slice(0, 5).map(quoted).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
  const advice = meant !== undefined ? `did you mean ${quoted(meant)}?` : `it has ${shown || "no columns at all"}`;
  return report(path, `the dataset ${quoted(dataset.name)} has no column ${quoted(name)}; ${advice}`);
}

function ambiguous({ name }: ColumnNode, path: string, dataset: DatasetColumns, report: Report): undefined {
  const times = dataset.columns.filter((column) => column.name === name).length;
  return report(
    path,
    `the dataset ${quoted(dataset.name)} has ${times} columns called ${quoted(name)}, so that the name is ambiguous; rename one of them in Domo`,
  );
}
