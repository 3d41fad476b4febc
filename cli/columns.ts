import type { Paint } from "./colors";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const NARROW = /^[\u0020-\u1100\uff61-\uffdc]/u;
const WIDE =
  /^(?:[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation})/u;

/** In a narrower terminal the cells of a table would be too narrow to read. */
export const TABLE_WIDTH = 100;

/** Columns that a text without control characters takes in a terminal. */
export function widthOf(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment);
  return width;
}

function widthOfGrapheme(segment: string): 0 | 1 | 2 {
  // At the start of a text, a mark joins what stands before the text.
  if (/^\p{M}+$/u.test(segment)) return 0;
  return !NARROW.test(segment) && WIDE.test(segment) ? 2 : 1;
}

/** A text filled with spaces to a width. */
export function padTo(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/**
 * Breaks a text into lines of at most `width` columns: at spaces; within a word that is longer than a line behind a slash
 * or a hyphen, or else anywhere.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  const fits = (piece: string) => widthOf(line + piece.trimEnd()) <= width;
  const next = () => {
    lines.push(line.trimEnd());
    line = "";
  };
  for (const piece of text.split(/(?<= )/).flatMap((word) => piecesOf(word, width))) {
    if (!fits(piece) && line.trim() !== "") next();
    if (fits(piece)) line += piece;
    else
      for (const { segment } of graphemes.segment(piece)) {
        if (!fits(segment)) next();
        line += segment;
      }
  }
  return [...lines, line.trimEnd()];
}

function piecesOf(word: string, width: number): string[] {
  return widthOf(word.trimEnd()) <= width ? [word] : word.split(/(?<=[/-])/);
}

/** Wraps a text behind a label; further lines stand below the text. The label is painted after it has been measured. */
export function hanging(label: string, text: string, width: number, paint = (plain: string) => plain): string[] {
  const indent = widthOf(label);
  return wrap(text, Math.max(20, width - indent)).map(
    (line, index) => (index === 0 ? paint(label) : " ".repeat(indent)) + line,
  );
}

/** One cell of a table, plain; it is painted after it has been broken into lines. */
export interface Cell {
  readonly text: string;
  readonly paint?: (line: string) => string;
}

/** A table with rules between its rows, no wider than `width`. */
export function drawTable(
  rows: readonly (readonly Cell[])[],
  { width, paint }: { width: number; paint: Paint },
): string {
  const widths = fit(
    rows[0]!.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column]!.text)))),
    width - 3 * rows[0]!.length - 1,
  );
  const rule = (left: string, middle: string, right: string) =>
    paint.dim(left + widths.map((wide) => "─".repeat(wide + 2)).join(middle) + right);
  const bar = paint.dim("│");
  const drawn = rows.map((row) => {
    const cells = row.map(({ text }, column) => wrap(text, widths[column]!));
    const height = Math.max(...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, at) => {
      const parts = row.map(({ paint = (line) => line }, column) => {
        const line = cells[column]![at] ?? "";
        return paint(line) + " ".repeat(widths[column]! - widthOf(line));
      });
      return `${bar} ${parts.join(` ${bar} `)} ${bar}`;
    }).join("\n");
  });
  return [rule("┌", "┬", "┐"), drawn.join(`\n${rule("├", "┼", "┤")}\n`), rule("└", "┴", "┘")].join("\n");
}

/** Widths whose sum is at most `room`: what is narrow keeps its width, and the rest shares what is left. */
function fit(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted];
  let open = wanted.map((_, column) => column);
  for (let left = room; ;) {
    const share = Math.max(1, Math.floor(left / open.length));
    const small = open.filter((column) => wanted[column]! <= share);
    if (small.length === 0 || small.length === open.length) {
      for (const column of open) widths[column] = Math.min(wanted[column]!, share);
      return widths;
    }
    for (const column of small) left -= wanted[column]!;
    open = open.filter((column) => !small.includes(column));
  }
}
