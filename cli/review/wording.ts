import { count } from "../plural";
import type { Change, Finding, Mark, Report, ReportedExport, StackReview } from "./report";
import { text } from "./report-value";

/** One row of details: what, and its value as text or as code. */
export interface Detail {
  readonly label: string;
  readonly text: string;
  /** Whether `text` is a name, a value or SQL rather than a sentence. */
  readonly code: boolean;
}

/** How each mark is written in a report. docs/reviewing.md says what to do about each. */
export const labels = {
  "new-column": "NEW COLUMN",
  "new-destination": "NEW DESTINATION",
  "wider-filter": "WIDER FILTER",
  undecided: "UNDECIDED",
  raw: "RAW",
  "no-row-filter": "NO ROW FILTER",
  "open-audience": "SAFEGUARD OFF",
  "own-keys": "PASSES OWN KEYS",
  "not-all-known": "NOT ALL KNOWN",
  fault: "FAULT",
  "dropped-column": "dropped column",
  "narrower-filter": "narrower filter",
  "made-here": "made here",
  other: "changed",
} satisfies Record<Mark | Finding["mark"], string>;

/** Title of a report. */
export function titleOf({ project, stacks }: Report): string {
  const names = stacks.map(({ stack }) => stack);
  return `Domo exports of ${project}, ${names.length === 1 ? "stack" : "stacks"} ${listOf(names)}`;
}

/** What the base is, when there is one. */
export function baseOf({ base }: Report): string | undefined {
  return base && `${base.ref} (${base.commit.slice(0, 12)})`;
}

/** One sentence about a stack: what changed since the base, and how much is exported. */
export function summaryOf({ exports, comparison }: StackReview, base: string | undefined): string {
  const datasets = new Set(exports.map(({ dataset }) => text(dataset))).size;
  const columns = exports.reduce((sum, item) => sum + (item.columns?.length ?? 0), 0);
  const whole =
    exports.length === 0
      ? "The program exports nothing from Domo."
      : `${count(exports.length, "export")} of ${count(datasets, "dataset")}, ${count(columns, "column")} in all.`;
  if (!comparison || base === undefined) return whole;
  const number = (kind: Change["kind"]) => comparison.changes.filter((change) => change.kind === kind).length;
  const kinds = `${number("added")} added, ${number("changed")} changed, ${number("removed")} removed, ${comparison.unchanged} unchanged`;
  return `Since ${base}: ${kinds}. ${whole}`;
}

/** Where the Domo token is sent. */
export function addressOf({ settings, environment, fault }: StackReview["domo"]): string {
  if (fault !== undefined) return fault;
  const inSettings = "value" in settings || settings.unknown === "secret" ? text(settings) : undefined;
  if (environment === undefined) {
    return inSettings ?? "not in the stack's settings: DOMO_INSTANCE or DOMO_BASE_URL decides when it is deployed";
  }
  if (inSettings === undefined) return `${environment}, by the environment of this run`;
  if (inSettings === environment) return environment;
  return `${environment} by the environment of this run, which wins; ${inSettings} by the stack's settings`;
}

/** What is of a stack rather than of one export. */
export function factsOf({ domo, alsoDeclares }: StackReview): Detail[] {
  const address = addressOf(domo);
  const also = alsoDeclares.map(({ type, name }) => `${type} "${name}"`).join(", ");
  return [
    { label: "Domo address", text: address, code: /^https?:\S+$/.test(address) },
    ...(also === "" ? [] : [{ label: "Also declares, by which data can leave too", text: also, code: true }]),
  ];
}

/** The row filter on one line. */
export function filterOf({ rowFilter, limit, faults }: ReportedExport): string {
  if (!rowFilter) return faults.length > 0 ? "see the fault" : "not known yet";
  const where = rowFilter.length === 0 ? "no row filter" : rowFilter.join(" AND ");
  return limit === undefined ? where : `${where}, LIMIT ${limit}`;
}

/** The dataset, by name where it is known. */
export function datasetOf({ dataset, datasetName }: ReportedExport): string {
  return datasetName === undefined ? text(dataset) : `${datasetName} (${text(dataset)})`;
}

/** Number of columns, or why there is none. */
export function columnsOf({ columns, faults }: ReportedExport): string {
  return columns ? count(columns.length, "column") : faults.length > 0 ? "query with a fault" : "columns not known yet";
}

/** The reason of an override in a sentence. */
export function reasonOf(reason: string | undefined): string {
  return reason === undefined ? "The program gives no reason." : `Reason: ${reason}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
