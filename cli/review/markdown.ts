import { count } from "../plural";
import { code, fenced, html, plain, table } from "../markdown";
import { changesOf, type ShownChange } from "./changes";
import { detailsOf } from "./details";
import { worstFirst } from "./marks";
import type { Finding, Report, ReportedExport, StackDifference, StackReview } from "./report";
import { placeOf } from "./report-value";
import { differenceTitle } from "./stack-differences";
import {
  baseOf,
  columnsOf,
  datasetOf,
  type Detail,
  factsOf,
  filterOf,
  labels,
  listOf,
  summaryOf,
  titleOf,
} from "./wording";

/** Options of {@link renderMarkdown}. */
export interface MarkdownOptions {
  /** Whether line numbers are shown. @default true */
  readonly lines?: boolean;
  /** Whether details are folded away. @default true */
  readonly fold?: boolean;
  /** Order of the exports. @default "worst first" */
  readonly order?: "worst first" | "by name";
}

/** One part of a report, which is shown or left out as a whole. */
export interface MarkdownPart {
  /** Heading that stands before the first of the parts that have it. */
  readonly section?: string;
  readonly text: string;
  /** The most important of it, for where there is little room. */
  readonly short?: string;
  /** What is missing where the part is left out. */
  readonly what: "head" | "change" | "difference" | "export" | "note";
}

/** Writes a report as Markdown, as GitHub and GitLab show it in a comment. Equal reports give equal bytes. */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  return joinParts(markdownParts(report, options));
}

/** Joins parts, each section's heading before its first one. */
export function joinParts(parts: readonly (Pick<MarkdownPart, "section" | "text"> & Partial<MarkdownPart>)[]): string {
  const blocks = parts.map(({ section, text, what }, index) => {
    const before = parts[index - 1];
    if (section !== undefined && section !== before?.section) return `\n\n${section}\n\n${text}`;
    // Differences are the items of one list.
    return what === "difference" && before?.what === what ? `\n${text}` : `\n\n${text}`;
  });
  return `${blocks.join("").trimStart()}\n`;
}

/** The parts of a report, in their order; within a kind, the most important first. */
export function markdownParts(report: Report, options: MarkdownOptions = {}): MarkdownPart[] {
  const base = baseOf(report);
  const several = report.stacks.length > 1;
  const section = "### All exports";
  return [
    { what: "head", text: `## ${plain(clip(titleOf(report)))}` },
    ...report.stacks.flatMap((stack) => headOf(stack, base, several)),
    ...notesOf(report.notes),
    ...report.differences.map(differencePart),
    ...(base === undefined ? [] : changeParts(changesOf(report))),
    ...report.stacks.flatMap((stack) => (several ? overviewOf(stack, options) : tableOf(stack, section, options))),
    ...sortedExports(report, options).map(({ stacks, item }): MarkdownPart => ({
      what: "export",
      section,
      text: exportBlock(item, several ? listOf(stacks) : undefined, options),
    })),
    ...(several ? [] : notesOf(report.stacks[0]?.notes ?? [])),
  ];
}

function headOf(stack: StackReview, base: string | undefined, several: boolean): MarkdownPart[] {
  const name = several ? `Stack ${code(clip(stack.stack))}: ` : "";
  const parts: MarkdownPart[] = [];
  if (stack.error !== undefined)
    parts.push({ what: "head", text: `**${name}not reviewed.** ${plain(clip(stack.error))}` });
  if (stack.error !== undefined && stack.exports.length === 0) return parts;
  parts.push({ what: "head", text: `${name}${plain(summaryOf(stack, base))}` });
  return several ? parts : [...parts, factsPart(stack)];
}

/** What is of the stack rather than of one export. */
function factsPart(stack: StackReview, section?: string): MarkdownPart {
  const text = (most?: number) =>
    factsOf(stack)
      .map((fact) => detailLine({ ...fact, text: clip(fact.text, most) }))
      .join("\n");
  return { what: "head", section, text: text(Infinity), short: text() };
}

function overviewOf(stack: StackReview, options: MarkdownOptions): MarkdownPart[] {
  if (stack.error !== undefined && stack.exports.length === 0) return [];
  const section = `### Stack ${code(clip(stack.stack))}`;
  return [factsPart(stack, section), ...tableOf(stack, section, options), ...notesOf(stack.notes, section)];
}

function notesOf(notes: readonly string[], section?: string): MarkdownPart[] {
  return notes.map((note) => ({ what: "note", section, text: `> ${plain(note)}`, short: `> ${plain(clip(note))}` }));
}

function differencePart(difference: StackDifference): MarkdownPart {
  const { exports, values } = difference;
  const text = (names: number, length: number) => {
    const about =
      exports.length === 0
        ? ""
        : ` ${listed(
            exports.map((name) => code(clip(name, length))),
            names,
          )}`;
    const each = values.map(
      ({ stacks, value }) => `${plain(clip(listOf(stacks), length))} ${code(clip(value, length))}`,
    );
    const shown = difference.what === "Declared" ? "" : `: ${each.join("; ")}`;
    return `- **${plain(clip(differenceTitle(difference)))}**${about}${shown}`;
  };
  const section = "### Differences between the stacks";
  return { what: "difference", section, text: text(Infinity, Infinity), short: text(10, CLIPPED) };
}

function changeParts(changes: readonly ShownChange[]): MarkdownPart[] {
  const section = "### Changes";
  if (changes.length === 0) return [{ what: "head", section, text: "No export changed." }];
  return changes.map((change) => ({ what: "change", section, text: changeBlock(change), short: shortChange(change) }));
}

function changeBlock({ name, what, findings, sqlDiff }: ShownChange): string {
  const blocks = [`#### ${name === "" ? "" : `${code(name)} `}${plain(what)}`];
  if (findings.length > 0) blocks.push(findings.map(findingLine).join("\n"));
  if (sqlDiff.length > 0) blocks.push(fenced("diff", sqlDiff.join("\n")));
  return blocks.join("\n\n");
}

/** Without the query, and with the worst findings only. */
function shortChange({ name, what, findings }: ShownChange): string {
  const few = findings
    .slice(0, FEW)
    .map((finding) => ({ ...finding, subject: clip(finding.subject), text: clip(finding.text) }));
  const block = changeBlock({ name: clip(name), what: clip(what), findings: few, sqlDiff: [] });
  const more = findings.length - few.length;
  return more > 0 ? `${block}\n- and ${more} more` : block;
}

function findingLine({ mark, subject, text }: Finding): string {
  return `- **${labels[mark]}** ${code(subject)}: ${plain(text)}`;
}

const HEAD = ["Export", "Dataset", "Columns", "Row filter", "Goes to", "Look at"];

function tableOf({ exports }: StackReview, section: string, { order }: MarkdownOptions): MarkdownPart[] {
  if (exports.length === 0) return [];
  const items = order === "by name" ? exports : worstFirst(exports, ({ marks }) => marks);
  const few = items.slice(0, FEW).map((item) => tableRow(item).map((cell) => (cell.length > CLIPPED ? "…" : cell)));
  const more = items.length > few.length ? `\n\nand ${count(items.length - few.length, "export")} more` : "";
  return [{ what: "export", section, text: table(HEAD, items.map(tableRow)), short: table(HEAD, few) + more }];
}

function tableRow(item: ReportedExport): string[] {
  return [
    code(item.name),
    code(datasetOf(item)),
    String(item.columns?.length ?? "?"),
    item.rowFilter?.length ? code(filterOf(item)) : plain(filterOf(item)),
    code(placeOf(item)),
    item.marks.map((mark) => (mark === "made-here" ? labels[mark] : `**${labels[mark]}**`)).join(", "),
  ];
}

function exportBlock(item: ReportedExport, stack: string | undefined, { lines, fold = true }: MarkdownOptions): string {
  const details = detailsOf(item, { lines }).map(detailLine);
  const where = stack === undefined ? "" : ` in ${html(stack)}`;
  const marks = item.marks.filter((mark) => mark !== "made-here").map((mark) => `**${labels[mark]}**`);
  return [
    fold
      ? `<details><summary><b>${html(item.name)}</b>${where}: ${columnsOf(item)} to ${html(placeOf(item))}</summary>`
      : `### ${code(item.name)}`,
    ...(marks.length > 0 ? [marks.join(", ")] : []),
    details.join("\n"),
    ...(item.sql === undefined ? [] : [fenced("sql", item.sql)]),
    ...(fold ? ["</details>"] : []),
  ].join("\n\n");
}

function detailLine({ label, text, code: isCode }: Detail): string {
  return `- ${plain(label)}: ${isCode ? code(text) : plain(text)}`;
}

/** Every export; one that is the same in several stacks once. */
function sortedExports({ stacks }: Report, { order }: MarkdownOptions) {
  const groups = new Map<string, { name: string; stacks: string[]; item: ReportedExport }>();
  for (const { stack, exports } of stacks) {
    for (const item of exports) {
      const key = JSON.stringify({ ...item, urn: item.urn.split("::").slice(2) });
      const group = groups.get(key);
      if (group) group.stacks.push(stack);
      else groups.set(key, { name: item.name, stacks: [stack], item });
    }
  }
  const all = [...groups.values()];
  return order === "by name" ? all : worstFirst(all, ({ item }) => item.marks);
}

/** How many of a list a short part shows. */
const FEW = 20;
/** How long a text of a short part is at most. */
const CLIPPED = 300;

function clip(text: string, most = CLIPPED): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function listed(names: readonly string[], most: number): string {
  const more = names.length - most;
  return names.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
