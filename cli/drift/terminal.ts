import type { Paint } from "../colors";
import { padTo, widthOf } from "../columns";
import { shown } from "../shown";
import type { DriftReport } from "./report";
import { rowsOf } from "./wording";

/** Writes a report for a terminal: one line per difference, in columns, with its repair; nothing when nothing drifted. */
export function renderTerminal(report: DriftReport, { bold, yellow, dim }: Paint): string {
  const rows = rowsOf(report).map(({ stack, name, repair, finding: { kind, subject, expected, actual, since } }) => ({
    cells: [shown(stack), shown(name), kind],
    text: shown(`"${subject}": expected ${expected}, found ${actual}`),
    since: `, since ${since ?? "unknown"} — ${repair}`,
  }));
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map(({ cells }) => widthOf(cells[column]!))));
  return rows
    .map(({ cells, text, since }) => {
      const [stack, name, kind] = cells.map((cell, column) => padTo(cell, widths[column]!)) as [string, string, string];
      return `${stack}  ${bold(name)}  ${yellow(kind)}  ${text}${dim(since)}\n`;
    })
    .join("");
}
