import Table from "cli-table3";
import { isMet, type Row } from "./row";

/** The rows as a Markdown table, which is also readable on a terminal. */
export function renderTable(rows: readonly Row[]): string {
  const compared = rows.some(({ before }) => before);
  const lines = rows.map((row) => [
    row.figure,
    row.ours,
    row.theirs,
    spread(row),
    ...(compared ? [row.before ? number(row.before.median, row.unit) : ""] : []),
    target(row),
    verdict(row),
  ]);
  const head = ["figure", "ours", "against", "median (spread)", ...(compared ? ["before"] : []), "target", ""];
  const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "" };
  const chars = {
    ...none,
    "bottom-left": "",
    "bottom-right": "",
    mid: "",
    "left-mid": "",
    "mid-mid": "",
    "right-mid": "",
  };
  const table = new Table({
    head,
    chars: { ...chars, left: "|", right: "|", middle: "|" },
    style: { head: [], border: [] },
  });
  table.push(...lines);
  const [first = "", ...body] = table.toString().split("\n");
  return [first, first.replace(/[^|]/g, "-"), ...body].join("\n");
}

/** The notes below the table, each once. */
export function renderNotes(rows: readonly Row[]): string {
  const notes = new Map<string, string[]>();
  for (const { figure, note } of rows) if (note) notes.set(note, [...(notes.get(note) ?? []), figure]);
  const misses = rows.filter((row) => isMet(row) === false && row.ifMissed);
  return [
    ...[...notes].map(([note, figures]) => `- ${figures[0]}${figures.length > 1 ? " (and like it)" : ""}: ${note}`),
    ...misses.map(({ figure, ifMissed }) => `- Missed, ${figure}: ${ifMissed}`),
  ].join("\n");
}

function spread({ value, unit }: Row): string {
  const { median, min, max, samples } = value;
  return samples === 1 ? number(median, unit) : `${number(median, unit)} (${number(min)} to ${number(max)})`;
}

function target({ targets, unit }: Row): string {
  if (targets.length === 0) return "reported";
  const texts = targets.map(({ limit, of, least }) => {
    const which = targets.length > 1 ? ` (${of})` : "";
    return `${least ? "≥" : "≤"} ${number(limit, unit)}${which}`;
  });
  return texts.join(", ");
}

function verdict(row: Row): string {
  const met = isMet(row);
  return met === undefined ? "" : met ? "met" : "missed";
}

/** A number with three digits that count, or whole. */
export function number(value: number, unit = ""): string {
  const text =
    Number.isInteger(value) || Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
  return unit ? `${text} ${unit}` : text;
}
