import type { Paint } from "../colors";
import { drawTable, hanging, padTo, TABLE_WIDTH } from "../columns";
import { shown } from "../shown";
import { changesOf, type ShownChange } from "./changes";
import { detailsOf } from "./details";
import { ALARMS, worstFirst } from "./marks";
import type { Finding, Mark, Report, ReportedExport, StackDifference, StackReview } from "./report";
import { placeOf } from "./report-value";
import { differenceTitle } from "./stack-differences";
import { baseOf, datasetOf, factsOf, filterOf, labels, listOf, summaryOf, titleOf } from "./wording";

/** Options of {@link renderTerminal}. */
export interface TerminalOptions {
  readonly paint: Paint;
  /** Width of the terminal in columns. */
  readonly width: number;
}

/** Writes a report for a terminal: changes first, then a table where there is room for one, then each export. */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const { paint, width } = options;
  const base = baseOf(report);
  const several = report.stacks.length > 1;
  const blocks = [
    [
      paint.bold(shown(titleOf(report))),
      ...report.stacks.flatMap((stack) => headOf(stack, { base, several, ...options })),
    ].join("\n"),
  ];
  for (const note of report.notes) blocks.push(hanging("", shown(note), width).join("\n"));
  if (report.differences.length > 0) blocks.push(differencesBlock(report.differences, options));
  const changes = base === undefined ? undefined : changesOf(report);
  if (changes?.length === 0) blocks.push("No export changed.");
  for (const change of changes ?? []) blocks.push(changeBlock(change, options));
  for (const stack of report.stacks) {
    const items = worstFirst(stack.exports, ({ marks }) => marks);
    if (several && items.length > 0) blocks.push(paint.bold(shown(`Stack ${stack.stack}`)));
    if (items.length > 0 && width >= TABLE_WIDTH) blocks.push(tableOf(items, options));
    for (const item of items) blocks.push(exportBlock(item, options));
    for (const note of stack.notes) blocks.push(hanging("", shown(note), width).join("\n"));
  }
  return `${blocks.join("\n\n")}\n`;
}

type HeadOptions = TerminalOptions & { base?: string; several: boolean };

function headOf(stack: StackReview, { base, several, paint, width }: HeadOptions): string[] {
  const name = several ? `${shown(stack.stack)}: ` : "";
  const error =
    stack.error === undefined ? [] : hanging(`${name}NOT REVIEWED `, shown(stack.error), width, paint.yellow);
  if (stack.error !== undefined && stack.exports.length === 0) return error;
  return [
    ...error,
    ...hanging(name, shown(summaryOf(stack, base)), width),
    ...factsOf(stack).flatMap(({ label, text }) =>
      hanging(`${" ".repeat(several ? 2 : 0)}${label}: `, shown(text), width),
    ),
  ];
}

function differencesBlock(differences: readonly StackDifference[], { paint, width }: TerminalOptions): string {
  const lines = differences.flatMap((difference) => {
    const { exports, values, what } = difference;
    const title = hanging(
      "  ",
      shown(`${differenceTitle(difference)}${exports.length === 0 ? "" : `: ${exports.join(", ")}`}`),
      width,
    );
    const wide = Math.max(...values.map(({ stacks }) => listOf(stacks).length));
    const each = values.flatMap(({ stacks, value }) =>
      hanging(`    ${padTo(shown(listOf(stacks)), wide)}  `, shown(value), width),
    );
    return what === "Declared" ? title : [...title, ...each];
  });
  return [paint.bold("Differences between the stacks"), ...lines].join("\n");
}

function changeBlock({ name, what, findings, sqlDiff }: ShownChange, { paint, width }: TerminalOptions): string {
  const lines = findings.flatMap(({ mark, subject, text }) =>
    hanging(`  ${labels[mark]} `, `${shown(subject)}: ${shown(text)}`, width, (label) => painted(mark, label, paint)),
  );
  const diff = sqlDiff.flatMap((line) => {
    const paintLine = line.startsWith("+") ? paint.green : line.startsWith("-") ? paint.red : (text: string) => text;
    return hanging("    ", shown(line), width).map(paintLine);
  });
  return [name === "" ? paint.bold(shown(what)) : `${paint.bold(shown(name))} ${shown(what)}`, ...lines, ...diff].join(
    "\n",
  );
}

const HEAD = ["Export", "Dataset", "Columns", "Row filter", "Goes to", "Look at"];

function tableOf(items: readonly ReportedExport[], { paint, width }: TerminalOptions): string {
  const rows = items.map((item) => [
    { text: shown(item.name) },
    { text: shown(datasetOf(item)) },
    { text: String(item.columns?.length ?? "?") },
    { text: shown(filterOf(item)) },
    { text: shown(placeOf(item)) },
    {
      text: item.marks.map((mark) => labels[mark]).join(", "),
      ...(item.marks.some((mark) => ALARMS.has(mark)) && { paint: paint.yellow }),
    },
  ]);
  return drawTable([HEAD.map((text) => ({ text, paint: paint.bold })), ...rows], { width, paint });
}

function exportBlock(item: ReportedExport, { paint, width }: TerminalOptions): string {
  const details = detailsOf(item);
  const wide = Math.max(...details.map(({ label }) => label.length));
  return [
    exportTitle(item, paint, width),
    ...details.flatMap(({ label, text }) => hanging(`  ${label.padEnd(wide)}  `, shown(text), width, paint.dim)),
    ...(item.sql === undefined ? [] : item.sql.split("\n").flatMap((line) => hanging("    ", shown(line), width))),
  ].join("\n");
}

/** The name, and the marks behind it or below it. */
function exportTitle({ name, marks }: ReportedExport, paint: Paint, width: number): string {
  const plain = marks.map((mark) => labels[mark]).join("  ");
  const colored = marks.map((mark) => painted(mark, labels[mark], paint)).join("  ");
  const title = paint.bold(shown(name));
  if (plain === "") return title;
  return shown(name).length + 2 + plain.length <= width
    ? `${title}  ${colored}`
    : [title, ...marks.map((mark) => `  ${painted(mark, labels[mark], paint)}`)].join("\n");
}

function painted(mark: Mark | Finding["mark"], label: string, paint: Paint): string {
  return ALARMS.has(mark) ? paint.yellow(label) : label;
}
