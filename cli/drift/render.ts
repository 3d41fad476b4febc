import type { createColors } from "picocolors";
import type { DriftFormat } from "./command";
import { type DriftReport, type Finding, repairs, type StackReport } from "./report";

type Colors = ReturnType<typeof createColors>;

interface Row {
  readonly stack: string;
  readonly name: string;
  readonly finding: Finding;
}

/** Renders the report; text is empty when nothing drifted. */
export async function renderDrift(report: DriftReport, format: DriftFormat, colors: Colors): Promise<string> {
  switch (format) {
    case "text":
      return renderText(report, colors);
    case "markdown":
      return renderMarkdown(report);
    case "json":
      return `${JSON.stringify(report, null, 2)}\n`;
    case "junit":
      return (await import("./junit.js")).renderJunit(report);
  }
}

/** One line per difference, in columns. */
export function renderText(report: DriftReport, { bold, yellow, dim }: Colors): string {
  const rows = rowsOf(report);
  const width = (cell: (row: Row) => string) => Math.max(0, ...rows.map((row) => cell(row).length));
  const widths = [
    width(({ stack }) => stack),
    width(({ name }) => name),
    width(({ finding }) => finding.kind),
  ] as const;
  return rows
    .map(({ stack, name, finding }) => {
      const { kind, subject, expected, actual, since } = finding;
      const cells = [stack.padEnd(widths[0]), bold(name.padEnd(widths[1])), yellow(kind.padEnd(widths[2]))];
      return `${cells.join("  ")}  ${plain(`"${subject}": expected ${expected}, found ${actual}`)}${dim(`, since ${since ?? "unknown"}`)}\n`;
    })
    .join("");
}

/** A text for an issue: a table, and how to repair each kind that occurs. */
export function renderMarkdown(report: DriftReport): string {
  const rows = rowsOf(report);
  const failed = report.stacks.filter(({ error }) => error !== undefined);
  const parts = [`${summaryOf(report)}.`];
  if (failed.length > 0) {
    parts.push(
      [
        "**Not looked at, or not wholly:**",
        "",
        ...failed.map(({ stack, error = "" }) => `- ${code(stack)}: ${code(error)}`),
      ].join("\n"),
    );
  }
  if (rows.length > 0) {
    const header = [
      "| stack | export | what | subject | expected | found | since |",
      "| --- | --- | --- | --- | --- | --- | --- |",
    ];
    const lines = rows.map(({ stack, name, finding }) => {
      const { kind, subject, expected, actual, since } = finding;
      return `| ${[stack, name, kind, subject, expected, actual].map(cell).join(" | ")} | ${since ?? "unknown"} |`;
    });
    const kinds = [...new Set(rows.map(({ finding }) => finding.kind))].sort();
    parts.push([...header, ...lines].join("\n"));
    parts.push(["### How to repair", "", ...kinds.map((kind) => `- \`${kind}\`: ${repairs[kind]}`)].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

/** How many exports drifted, in one sentence without its full stop. */
export function summaryOf({ stacks }: DriftReport): string {
  const all = stacks.flatMap(({ exports }) => exports);
  const drifted = all.filter(({ drift }) => drift.length > 0).length;
  const failed = stacks.filter(({ error }) => error !== undefined).length;
  const where = `${count(all.length, "export")} in ${count(stacks.length, "stack")}`;
  const found = drifted === 0 ? `No drift in ${where}` : `${drifted} of ${where} drifted`;
  return failed === 0 ? found : `${found}; ${count(failed, "stack")} could not be looked at`;
}

/** Why stacks could not be looked at, one line a reason. */
export function errorLines({ stacks }: DriftReport): string[] {
  return stacks.flatMap(({ stack, error }: StackReport) => error?.split("\n").map((line) => `${stack}: ${line}`) ?? []);
}

function rowsOf({ stacks }: DriftReport): Row[] {
  return stacks.flatMap(({ stack, exports }) =>
    exports.flatMap(({ name, drift }) => drift.map((finding) => ({ stack, name, finding }))),
  );
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}

/** A code span within a table, where also in code a bar ends the cell. */
function cell(text: string): string {
  return code(text).replaceAll("|", "\\|");
}

/** A code span: nothing in it is read as Markdown, HTML or a mention. */
function code(text: string): string {
  const flat = plain(text);
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 ? " " : "";
  return `${fence}${pad}${flat}${pad}${fence}`;
}

function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- keys and messages may hold what would move the cursor of a terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
}
