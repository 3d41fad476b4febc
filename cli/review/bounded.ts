import { joinParts, markdownParts, type MarkdownPart } from "./markdown";
import type { Report } from "./report";
import { listOf } from "./wording";

/** Options of {@link renderBounded}. */
export interface BoundedOptions {
  /** Characters at most. GitHub takes comments of up to 65,536. */
  readonly limit: number;
  /** Where the whole report is. */
  readonly link?: string;
  /** What is to be said first, as Markdown. */
  readonly intro?: string;
}

/**
 * Writes a report as Markdown of a limited length. The parts come by their importance, each whole, shortened, or left out;
 * so the worst stays, and no block of code is cut open. What is missing is said first.
 */
export function renderBounded(report: Report, { limit, link, intro }: BoundedOptions): string {
  const parts = markdownParts(report);
  const before = [
    ...(intro === undefined ? [] : [intro]),
    ...(link === undefined ? [] : [`[The whole report](${link})`]),
  ];
  const whole = joinParts([...before.map((text) => ({ text })), ...parts]);
  if (whole.length <= limit) return whole;

  const shown: MarkdownPart[] = [];
  const cut: MarkdownPart[] = [];
  let left = limit - [...before, notice(parts)].join("\n\n").length - 10;
  for (const part of parts) {
    const heading = part.section !== undefined && part.section !== shown.at(-1)?.section ? part.section.length + 2 : 0;
    const fits = [part.text, part.short].find((text) => text !== undefined && text.length + heading + 2 <= left);
    if (fits !== part.text) cut.push(part);
    if (fits === undefined) continue;
    shown.push({ ...part, text: fits });
    left -= fits.length + heading + 2;
  }
  return joinParts([...[...before, notice(cut)].map((text) => ({ text })), ...shown]);
}

const NOUNS = [
  ["head", "line of the summary", "lines of the summary"],
  ["change", "change", "changes"],
  ["difference", "difference between stacks", "differences between stacks"],
  ["export", "table or export", "tables and exports"],
  ["note", "note", "notes"],
] as const;

/** What is missing, in bold. */
function notice(cut: readonly MarkdownPart[]): string {
  const kinds = NOUNS.flatMap(([kind, one, more]) => {
    const number = cut.filter(({ what }) => what === kind).length;
    return number === 0 ? [] : [`${number} ${number === 1 ? one : more}`];
  });
  return `**This report is cut, as it is too long for a comment. Shortened or left out: ${listOf(kinds)}. Read the whole report before you approve.**`;
}
