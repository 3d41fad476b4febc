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
 * Writes a report as Markdown of a limited length. Parts get room by their importance, each whole, shortened, or left out,
 * and stand in the order of the whole report; so the worst stays, and no block of code is cut open. What is missing is said first.
 */
export function renderBounded(report: Report, { limit, link, intro }: BoundedOptions): string {
  const parts = markdownParts(report);
  const before = [
    ...(intro === undefined ? [] : [intro]),
    ...(link === undefined ? [] : [`[The whole report](${link})`]),
  ];
  const whole = joinParts([...before.map((text) => ({ text })), ...parts]);
  if (whole.length <= limit) return whole;

  const kept = new Map<MarkdownPart, string>();
  const headed = new Set<number>();
  let left = limit - [...before, notice(parts)].join("\n\n").length - 10;
  for (const { part, run } of runsOf(parts).sort((a, b) => rankOf(a.part) - rankOf(b.part))) {
    const heading = part.section === undefined || headed.has(run) ? 0 : part.section.length + 2;
    const fits = [part.text, part.short].find((text) => text !== undefined && text.length + heading + 2 <= left);
    if (fits === undefined) continue;
    kept.set(part, fits);
    headed.add(run);
    left -= fits.length + heading + 2;
  }
  const cut = parts.filter((part) => kept.get(part) !== part.text);
  const shown = parts.flatMap((part) => (kept.has(part) ? [{ ...part, text: kept.get(part)! }] : []));
  return joinParts([...[...before, notice(cut)].map((text) => ({ text })), ...shown]);
}

/** The parts, each with the number of the section that it stands in: parts that follow one another share a heading. */
function runsOf(parts: readonly MarkdownPart[]): { part: MarkdownPart; run: number }[] {
  let run = 0;
  return parts.map((part, index) => ({ part, run: part.section === parts[index - 1]?.section ? run : ++run }));
}

/** Who gets room first. */
const RANKS: readonly MarkdownPart["what"][] = ["head", "change", "difference"];

function rankOf({ what }: MarkdownPart): number {
  const rank = RANKS.indexOf(what);
  return rank === -1 ? RANKS.length : rank;
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
