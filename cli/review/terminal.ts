import Table from "cli-table3";
import pc from "picocolors";
import { visible } from "../../provider/query/literal";
import type { Change, Finding, Mark, Report, ReportedExport } from "./report";
import { placeOf } from "./report-value";
import { datasetOf, detailsOf, filterOf, labels, summaryOf, titleOf } from "./wording";

/** Options of {@link renderTerminal}. */
export interface TerminalOptions {
  readonly colors: boolean;
  /** Width of the terminal in characters. */
  readonly width: number;
}

type Paint = ReturnType<typeof pc.createColors>;

const ALARMS: readonly (Mark | Finding["mark"])[] = [
  "new-column",
  "new-destination",
  "wider-filter",
  "undecided",
  "fault",
  "raw",
  "open-audience",
  "long-lived-credentials",
];

/** Writes a report for a terminal: changes first, then a table, then each export. */
export function renderTerminal(report: Report, { colors, width }: TerminalOptions): string {
  const paint = pc.createColors(colors);
  const blocks = [`${paint.bold(visible(titleOf(report)))}\n${visible(summaryOf(report))}`];
  const changes = report.comparison?.changes ?? [];
  if (report.comparison && changes.length === 0) blocks.push("No export changed.");
  for (const change of changes) blocks.push(changeBlock(change, paint));
  if (report.exports.length > 0) blocks.push(summaryTable(report.exports, paint, width));
  for (const item of report.exports) blocks.push(exportBlock(item, paint));
  for (const note of report.notes) blocks.push(visible(note));
  return `${blocks.join("\n\n")}\n`;
}

function changeBlock({ name, kind, findings, sqlDiff }: Change, paint: Paint): string {
  const lines = findings.map(
    ({ mark, subject, text }) => `  ${label(mark, paint)} ${visible(subject)}: ${visible(text)}`,
  );
  const diff = sqlDiff.map((line) => {
    const shown = `    ${line}`;
    return line.startsWith("+") ? paint.green(shown) : line.startsWith("-") ? paint.red(shown) : shown;
  });
  return [`${paint.bold(visible(name))} ${kind}`, ...lines, ...diff].join("\n");
}

function summaryTable(exports: readonly ReportedExport[], paint: Paint, width: number): string {
  const head = ["Export", "Dataset", "Columns", "Row filter", "Goes to", "Look at"];
  const rows = exports.map((item) => [
    item.name,
    datasetOf(item),
    String(item.columns?.length ?? "?"),
    filterOf(item),
    placeOf(item),
    item.marks.map((mark) => labels[mark]).join(", "),
  ]);
  const texts = [head, ...rows].map((row) => row.map(visible));
  const table = new Table({
    head: texts[0]!.map((text) => paint.bold(text)),
    colWidths: columnWidths(texts, width),
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [] },
  });
  table.push(...texts.slice(1));
  return table.toString();
}

/** Widths that fit the terminal: what is narrow keeps its width, and the rest share what is left. */
function columnWidths(texts: readonly (readonly string[])[], width: number): number[] {
  const wanted = texts[0]!.map((_, index) => Math.max(...texts.map((row) => row[index]!.length)) + 2);
  const room = Math.max(width, 72) - wanted.length - 1;
  let open = wanted.map((_, index) => index);
  const widths = [...wanted];
  let left = room;
  for (;;) {
    const share = Math.floor(left / open.length);
    const small = open.filter((index) => wanted[index]! <= share);
    if (small.length === 0 || small.length === open.length) {
      for (const index of open) widths[index] = Math.min(wanted[index]!, share);
      return widths;
    }
    for (const index of small) left -= wanted[index]!;
    open = open.filter((index) => !small.includes(index));
  }
}

function exportBlock(item: ReportedExport, paint: Paint): string {
  const details = detailsOf(item);
  const wide = Math.max(...details.map(({ label }) => label.length));
  const marks = item.marks.map((mark) => label(mark, paint)).join("  ");
  return [
    `${paint.bold(visible(item.name))}${marks ? `  ${marks}` : ""}`,
    ...details.map(({ label, text }) => `  ${paint.dim(label.padEnd(wide))}  ${visible(text)}`),
    ...(item.sql === undefined ? [] : item.sql.split("\n").map((line) => `    ${line}`)),
  ].join("\n");
}

function label(mark: Mark | Finding["mark"], paint: Paint): string {
  return ALARMS.includes(mark) ? paint.yellow(labels[mark]) : labels[mark];
}
