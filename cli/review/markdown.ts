import { visible } from "../../provider/query/literal";
import type { Change, Report, ReportedExport } from "./report";
import { placeOf } from "./report-value";
import { columnsOf, datasetOf, detailsOf, filterOf, labels, summaryOf, titleOf } from "./wording";

/** Options of {@link renderMarkdown}. */
export interface MarkdownOptions {
  /** Whether line numbers are shown. @default true */
  readonly lines?: boolean;
  /** Whether details are folded away. @default true */
  readonly fold?: boolean;
}

/** Writes a report as Markdown, as GitHub and GitLab show it in a comment. Equal reports give equal bytes. */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const blocks = [`## ${plain(titleOf(report))}`, plain(summaryOf(report))];
  const changes = report.comparison?.changes ?? [];
  if (report.comparison) blocks.push("### Changes");
  if (report.comparison && changes.length === 0) blocks.push("No export changed.");
  for (const change of changes) blocks.push(...changeBlocks(change));
  if (report.exports.length > 0) {
    blocks.push("### All exports", table(report.exports));
    for (const item of report.exports) blocks.push(...exportBlocks(item, options));
  }
  for (const note of report.notes) blocks.push(`> ${plain(note)}`);
  return `${blocks.join("\n\n")}\n`;
}

function changeBlocks({ name, kind, findings, sqlDiff }: Change): string[] {
  const blocks = [`#### ${code(name)} ${kind}`];
  if (findings.length > 0)
    blocks.push(
      findings.map(({ mark, subject, text }) => `- **${labels[mark]}** ${code(subject)}: ${plain(text)}`).join("\n"),
    );
  if (sqlDiff.length > 0) blocks.push(fenced("diff", sqlDiff.join("\n")));
  return blocks;
}

function table(exports: readonly ReportedExport[]): string {
  const head = ["Export", "Dataset", "Columns", "Row filter", "Goes to", "Look at"];
  const rows = exports.map((item) => [
    code(item.name),
    code(datasetOf(item)),
    String(item.columns?.length ?? "?"),
    item.rowFilter?.length ? code(filterOf(item)) : plain(filterOf(item)),
    code(placeOf(item)),
    item.marks.map((mark) => `**${labels[mark]}**`).join(", "),
  ]);
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");
}

function exportBlocks(item: ReportedExport, { lines, fold = true }: MarkdownOptions): string[] {
  const details = detailsOf(item, { lines }).map(
    ({ label, text, code: isCode }) => `- ${plain(label)}: ${isCode ? code(text) : plain(text)}`,
  );
  const marks = item.marks.map((mark) => `**${labels[mark]}**`).join(", ");
  return [
    fold
      ? `<details><summary><b>${html(item.name)}</b>: ${columnsOf(item)} to ${html(placeOf(item))}</summary>`
      : `### ${code(item.name)}`,
    ...(marks ? [marks] : []),
    details.join("\n"),
    ...(item.sql === undefined ? [] : [fenced("sql", item.sql)]),
    ...(fold ? ["</details>"] : []),
  ];
}

/** A value as inline code that can't be broken out of. */
function code(text: string): string {
  const shown = visible(text);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(shown) || shown === "" ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Text whose characters mean nothing to Markdown. An @ would call somebody. */
function plain(text: string): string {
  return html(text)
    .replace(/[\\`*_[\]#~|]/g, "\\$&")
    .replaceAll("@", "&#64;");
}

function html(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;");
}

function cell(markdown: string): string {
  return markdown.replace(/(?<!\\)\|/g, "\\|");
}
