import { code, table } from "../markdown";
import type { DriftReport } from "./report";
import { repairs, rowsOf, summaryOf } from "./wording";

/** Writes a report as a text for an issue: a table, and how to repair each kind that occurs. */
export function renderMarkdown(report: DriftReport): string {
  const rows = rowsOf(report);
  const failed = report.stacks.flatMap(({ stack, error }) => (error === undefined ? [] : [{ stack, error }]));
  const blocks = [`${summaryOf(report)}.`];
  if (failed.length > 0) {
    blocks.push("**Not looked at, or not all of it:**");
    blocks.push(failed.map(({ stack, error }) => `- ${code(stack)}: ${code(error)}`).join("\n"));
  }
  if (rows.length > 0) {
    const kinds = [...new Set(rows.map(({ finding }) => finding.kind))].sort();
    blocks.push(
      table(
        ["stack", "export", "what", "subject", "expected", "found", "since"],
        rows.map(({ stack, name, finding: { kind, subject, expected, actual, since } }) => [
          ...[stack, name, kind, subject, expected, actual].map(code),
          since ?? "unknown",
        ]),
      ),
      "### How to repair",
      kinds.map((kind) => `- \`${kind}\`: ${repairs[kind]}`).join("\n"),
    );
  }
  return `${blocks.join("\n\n")}\n`;
}
