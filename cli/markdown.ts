import { shown, shownLines } from "./shown";

/** A value as inline code that can't be broken out of. */
export function code(text: string): string {
  const value = shown(text);
  const fence = "`".repeat(longestRun(value) + 1);
  const pad = /^[` ]|[` ]$/.test(value) || value === "" ? " " : "";
  return `${fence}${pad}${value}${pad}${fence}`;
}

/** Lines as a block of code that can't be broken out of. */
export function fenced(language: string, text: string): string {
  const lines = shownLines(text);
  const fence = "`".repeat(Math.max(3, longestRun(lines) + 1));
  return `${fence}${language}\n${lines}\n${fence}`;
}

/**
 * Text whose characters mean nothing to Markdown. Hosts look for mentions and references in the text that a reader sees, so
 * that neither a backslash nor an entity keeps them from it: only code does.
 */
export function plain(text: string): string {
  return withoutTags(text)
    .replace(/[\\`*_[\]~|!]/g, "\\$&")
    .replace(/[@#]+/g, "`$&`")
    .replaceAll("://", "&#58;//")
    .replace(/\bwww\./gi, (www) => www.replace(".", "&#46;"));
}

/** Text whose characters mean nothing to HTML, nor to what hosts look for in it. */
export function html(text: string): string {
  return withoutTags(text).replace(/[@#]+/g, "<code>$&</code>");
}

function withoutTags(text: string): string {
  return shown(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A table of cells that are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map(tableRow).join("\n");
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map(withoutBars).join(" | ")} |`;
}

/** Also in code a bar ends a cell, unless an odd number of backslashes is before it. */
function withoutBars(markdown: string): string {
  return markdown.replace(/(\\*)\|/g, (bar, before: string) => (before.length % 2 === 0 ? `${before}\\|` : bar));
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, { length }) => Math.max(longest, length), 0);
}
