import type { Change, Finding, Mark, Report, ReportedExport } from "./report";
import { text } from "./report-value";

/** How each mark is written in a report. docs/reviewing.md tells what to do about each. */
export const labels = {
  "new-column": "NEW COLUMN",
  "new-destination": "NEW DESTINATION",
  "wider-filter": "WIDER FILTER",
  undecided: "UNDECIDED",
  raw: "RAW",
  "no-row-filter": "NO ROW FILTER",
  "open-audience": "SAFEGUARD OFF",
  "long-lived-credentials": "LENDS OWN KEYS",
  "not-all-known": "NOT ALL KNOWN",
  fault: "FAULT",
  "dropped-column": "dropped column",
  "narrower-filter": "narrower filter",
  other: "changed",
} satisfies Record<Mark | Finding["mark"], string>;

/** One row of an export's details: what, and its value as text or as code. */
export interface Detail {
  readonly label: string;
  readonly text: string;
  /** Whether `text` is a name, a value or SQL rather than a sentence. */
  readonly code: boolean;
}

/** The sentence below a report's title. */
export function summaryOf({ exports, comparison }: Report): string {
  const datasets = new Set(exports.map(({ dataset }) => text(dataset))).size;
  const columns = exports.reduce((sum, item) => sum + (item.columns?.length ?? 0), 0);
  const whole =
    exports.length === 0
      ? "The program exports nothing from Domo."
      : `${count(exports.length, "export")} of ${count(datasets, "dataset")}, ${count(columns, "column")} in all.`;
  if (!comparison) return whole;
  const number = (kind: Change["kind"]) => comparison.changes.filter((change) => change.kind === kind).length;
  const kinds = `${number("added")} added, ${number("changed")} changed, ${number("removed")} removed, ${comparison.unchanged} unchanged`;
  return `Since ${comparison.base} (${comparison.commit.slice(0, 12)}): ${kinds}. ${whole}`;
}

/** Title of a report. */
export function titleOf({ project, stack }: Report): string {
  return `Domo exports of ${project}, stack ${stack}`;
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

/** Everything about an export but its SQL, in the order in which a reviewer asks. */
export function detailsOf(item: ReportedExport, { lines = true }: { lines?: boolean } = {}): Detail[] {
  const { access, destination, source } = item;
  const details: Detail[] = item.faults.map(({ argument, reason }) => sentence("Fault", `${argument}: ${reason}`));
  if (source) details.push(value("Declared in", lines ? `${source.file}:${source.line}` : source.file));
  if (item.urn.split("::")[2]?.includes("$")) details.push(value("Address", item.urn));
  details.push(value("Dataset", datasetOf(item)));
  details.push(
    item.columns
      ? value(`Columns (${item.columns.length})`, item.columns.join(", "))
      : sentence("Columns", unknownQuery(item)),
  );
  details.push(rowsOf(item));
  details.push(value("Bucket", text(destination.bucket)), value("Path", text(destination.path)));
  details.push(
    destination.region ? value("Region", text(destination.region)) : sentence("Region", "the bucket's own"),
    destination.kmsKeyId
      ? value("Encryption key", text(destination.kmsKeyId))
      : sentence("Encryption", "the bucket's own"),
  );
  if (access.longLivedCredentials)
    details.push(
      sentence("Written with", "the AWS keys of whoever deploys, which Domo is handed: not confined to the path"),
    );
  else if (access.roleArn) details.push(value("Written with role", text(access.roleArn)));
  if (access.externalId) details.push(value("External id", text(access.externalId)));
  if (access.sourceIdentity) details.push(value("Source identity", text(access.sourceIdentity)));
  for (const { argument, reason, effect } of item.overrides)
    details.push(sentence("Safeguard off", `${argument}: ${effect}. ${reasonOf(reason)}`));
  for (const option of item.options) details.push(value(`Option ${option.name}`, option.value));
  return details;
}

function rowsOf(item: ReportedExport): Detail {
  if (!item.rowFilter) return sentence("Rows", unknownQuery(item));
  if (item.rowFilter.length > 0) return value("Rows", filterOf(item));
  return sentence(
    "Rows",
    item.limit === undefined ? "all, there is no row filter" : `no row filter, at most ${item.limit}`,
  );
}

/** Number of columns, or why there is none. */
export function columnsOf({ columns, faults }: ReportedExport): string {
  return columns ? count(columns.length, "column") : faults.length > 0 ? "query with a fault" : "columns not known yet";
}

/** The reason of an override in a sentence. */
export function reasonOf(reason: string | undefined): string {
  return reason === undefined ? "The program gives no reason." : `Reason: ${reason}`;
}

function unknownQuery({ faults }: ReportedExport): string {
  return faults.length > 0 ? "the query has a fault" : "not known before it is deployed, or secret";
}

/** `1 column`, `2 columns`. */
function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function value(label: string, text: string): Detail {
  return { label, text, code: true };
}

function sentence(label: string, text: string): Detail {
  return { label, text, code: false };
}
