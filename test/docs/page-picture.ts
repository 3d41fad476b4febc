import { escaped } from "./picture";

/** Size of a letter on the drawn page, in pixels: text is broken by it, so it is rather too wide than too narrow. */
const LETTER = 7.1;
const CODE_LETTER = 7.8;
const LINE = 21;
const MARGIN = 24;
const WIDTH = 900;

const SANS = `font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif" font-size="14"`;
const MONO = `font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13"`;

/** Something drawn below what is drawn already: its height, and its elements from a given y. */
interface Block {
  readonly height: number;
  readonly draw: (y: number) => string[];
}

/** Draws the Markdown of a report as a host shows it. The same text gives the same picture on every machine. */
export function pagePicture(title: string, markdown: string): string {
  const blocks = blocksOf(markdown.trimEnd().split("\n"));
  const height = blocks.reduce((sum, block) => sum + block.height, 2 * MARGIN);
  let y = MARGIN;
  const elements = blocks.flatMap((block) => {
    const drawn = block.draw(y);
    y += block.height;
    return drawn;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" rx="8" fill="#ffffff" stroke="#d1d9e0"/>`,
    `<g fill="#1f2328" xml:space="preserve" ${SANS}>`,
    ...elements,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const end = (isIn: (line: string) => boolean): number => {
      const next = lines.findIndex((other, index) => index > at && !isIn(other));
      return next < 0 ? lines.length : next;
    };
    if (line.startsWith("```")) {
      const after = end((other) => !other.startsWith("```"));
      blocks.push(codeBlock(lines.slice(at + 1, after)));
      at = after;
    } else if (line.startsWith("|")) {
      const after = end((other) => other.startsWith("|"));
      blocks.push(tableBlock(lines.slice(at, after)));
      at = after - 1;
    } else if (line !== "") blocks.push(textBlock(line));
  }
  return blocks;
}

function textBlock(line: string): Block {
  const [, marks, heading] = /^(#+) (.*)$/.exec(line) ?? [];
  const indent = line.startsWith("- ") ? 18 : 0;
  const size = heading === undefined ? 14 : Math.max(15, 24 - 3 * (marks?.length ?? 1));
  const letters = (WIDTH - 2 * MARGIN - indent) / ((LETTER * size) / 14);
  const wrapped = wrap(heading ?? line.replace(/^- /, ""), letters);
  const pitch = LINE + (size - 14);
  return {
    height: wrapped.length * pitch + (heading === undefined ? 6 : 14),
    draw: (y) =>
      wrapped.map((text, index) => {
        const bullet = indent > 0 && index === 0 ? `<tspan x="${MARGIN + 4}">•</tspan>` : "";
        const style = heading === undefined ? "" : ` font-size="${size}" font-weight="600"`;
        const baseline = y + (index + 0.75) * pitch + (heading === undefined ? 0 : 6);
        return `<text x="${MARGIN + indent}" y="${baseline}"${style}>${bullet}<tspan x="${MARGIN + indent}">${inline(text)}</tspan></text>`;
      }),
  };
}

const CHANGES: Readonly<Record<string, string>> = { "+": "#dafbe1", "-": "#ffebe9" };

function codeBlock(lines: readonly string[]): Block {
  const height = lines.length * LINE + 16;
  const width = WIDTH - 2 * MARGIN;
  return {
    height: height + 10,
    draw: (y) => [
      `<rect x="${MARGIN}" y="${y}" width="${width}" height="${height}" rx="6" fill="#f6f8fa"/>`,
      ...lines.flatMap((line, index) => {
        const top = y + 8 + index * LINE;
        const fill = CHANGES[line[0] ?? ""];
        const band = fill && `<rect x="${MARGIN}" y="${top}" width="${width}" height="${LINE}" fill="${fill}"/>`;
        const text = `<text x="${MARGIN + 10}" y="${top + 0.72 * LINE}" ${MONO}>${escaped(line)}</text>`;
        return band ? [band, text] : [text];
      }),
    ],
  };
}

function tableBlock(lines: readonly string[]): Block {
  const rows = lines
    .filter((_, index) => index !== 1)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll("\\|", "|")),
    );
  const longest = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => lengthOf(row[column] ?? ""))));
  const widths = shares(longest, WIDTH - 2 * MARGIN);
  const wrapped = rows.map((row) => row.map((cell, column) => wrap(cell, ((widths[column] ?? 0) - 16) / CODE_LETTER)));
  const heights = wrapped.map((row) => Math.max(...row.map((cell) => cell.length)) * LINE + 10);
  return {
    height: heights.reduce((sum, height) => sum + height, 12),
    draw(y) {
      let top = y;
      return wrapped.flatMap((row, index) => {
        let left = MARGIN;
        const cells = row.flatMap((cell, column) => {
          const x = left;
          left += widths[column] ?? 0;
          const style = index === 0 ? ` font-weight="600"` : "";
          return [
            `<rect x="${x}" y="${top}" width="${widths[column]}" height="${heights[index]}" fill="none" stroke="#d1d9e0"/>`,
            ...cell.map(
              (text, line) => `<text x="${x + 8}" y="${top + 5 + (line + 0.75) * LINE}"${style}>${inline(text)}</text>`,
            ),
          ];
        });
        top += heights[index] ?? 0;
        return cells;
      });
    },
  };
}

/** Widths of columns that together fill `width`: what is short gets what it needs, the rest shares. */
function shares(longest: readonly number[], width: number): number[] {
  const wanted = longest.map((letters) => letters * CODE_LETTER + 20);
  const short = wanted.map((want) => want <= width / longest.length);
  const taken = wanted.reduce((sum, want, column) => sum + (short[column] ? want : 0), 0);
  const rest = wanted.reduce((sum, want, column) => sum + (short[column] ? 0 : want), 0);
  return wanted.map((want, column) => Math.floor(short[column] ? want : ((width - taken) * want) / rest));
}

function wrap(text: string, letters: number): string[] {
  const most = Math.max(8, Math.floor(letters));
  const pieces = text
    .split(" ")
    .flatMap((word) => (lengthOf(word) <= most ? [word] : (word.match(new RegExp(`.{1,${most}}`, "gu")) ?? [])));
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    const longer = line === "" ? piece : `${line} ${piece}`;
    if (lengthOf(longer) <= most || line === "") line = longer;
    else {
      lines.push(line);
      line = piece;
    }
  }
  return [...lines, line];
}

/** Length of a text as it is shown, without the marks of Markdown. */
function lengthOf(text: string): number {
  return text.replace(/\*\*|`+|\\(?=\W|_)/g, "").length;
}

/** Bold text and code; a piece of either that a line break cut is drawn as plain text. */
function inline(text: string): string {
  return text
    .split(/(\*\*[^*]+\*\*|`` .+? ``|``.+?``|`[^`]+`)/)
    .map((piece) => {
      if (/^\*\*.+\*\*$/.test(piece))
        return `<tspan font-weight="600">${escaped(unmarked(piece.slice(2, -2)))}</tspan>`;
      if (/^`.+`$/.test(piece))
        return `<tspan ${MONO} fill="#59636e">${escaped(piece.replace(/^`+ ?| ?`+$/g, ""))}</tspan>`;
      return escaped(unmarked(piece));
    })
    .join("");
}

function unmarked(text: string): string {
  return text.replace(/\*\*|`/g, "").replace(/\\([\W_])/g, "$1");
}
