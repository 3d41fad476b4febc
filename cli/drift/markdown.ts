import { code, table } from "../markdown";
import type { DriftReport } from "./report";
import { errorsOf, repairs, type Row, rowsOf, summaryOf } from "./wording";

/**
 * Writes a report as a text for an issue: a table, and how to repair each kind that occurs.
 *
 * @param limit Characters at most. Rows that do not fit are left out, which is said in bold before the table.
 */
export function renderMarkdown(report: DriftReport, limit = Infinity): string {
  const rows = rowsOf(report);
  const whole = renderRows(report, rows, rows.length);
  if (whole.length <= limit) return whole;
  let most = 0;
  for (let step = 2 ** Math.ceil(Math.log2(rows.length + 1)); step >= 1; step /= 2)
    if (most + step <= rows.length && renderRows(report, rows, most + step).length <= limit) most += step;
  const cut = renderRows(report, rows, most);
  // Even without a row the reasons of failed stacks may be too long.
  return cut.length <= limit ? cut : `${summaryOf(report)}.\n\n**What is too long for this place is left out.**\n`;
}

function renderRows(report: DriftReport, rows: readonly Row[], most: number): string {
  const blocks = [`${summaryOf(report)}.`];
  const failed = errorsOf(report);
  if (failed.length > 0) {
    blocks.push("**Not looked at, or not all of it:**");
    blocks.push(failed.map(({ stack, error }) => `- ${code(stack)}: ${code(error)}`).join("\n"));
  }
  if (most < rows.length)
    blocks.push(`**${most} of ${rows.length} differences are shown, as there is no room for more.**`);
  if (rows.length > 0) {
    const kinds = [...new Set(rows.map(({ finding }) => finding.kind))].sort();
    blocks.push(
      table(["stack", "export", "what", "subject", "expected", "found", "since"], rows.slice(0, most).map(cellsOf)),
      "### How to repair",
      kinds.map((kind) => `- \`${kind}\`: ${repairs[kind]}`).join("\n"),
    );
  }
  return `${blocks.join("\n\n")}\n`;
}

function cellsOf({ stack, name, finding: { kind, subject, expected, actual, since } }: Row): string[] {
  return [...[stack, name, kind, subject, expected, actual].map(code), since ?? "unknown"];
}
