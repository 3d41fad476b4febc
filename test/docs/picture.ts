/** Size of one letter of the drawn terminal, in pixels. */
const LETTER = { width: 8.4, height: 18 };
const MARGIN = 16;

/** Lines whose beginning a reader looks for, and their colour. */
const COLORS: readonly (readonly [RegExp, string])[] = [
  [/^ *(WIDER FILTER|NEW [A-Z]+|UNDECIDED)/, "#d29922"],
  [/^ *\+ /, "#3fb950"],
  [/^ *- /, "#f85149"],
];

/** Draws lines as a terminal shows them. The same text gives the same picture on every machine. */
export function terminalPicture(title: string, lines: readonly string[]): string {
  const width = Math.ceil(Math.max(...lines.map(({ length }) => length)) * LETTER.width) + 2 * MARGIN;
  const height = lines.length * LETTER.height + 2 * MARGIN;
  const texts = lines.map((line, index) => {
    const fill = COLORS.find(([begin]) => begin.test(line))?.[1];
    const y = MARGIN + (index + 0.75) * LETTER.height;
    return `<text x="${MARGIN}" y="${y}"${fill ? ` fill="${fill}"` : ""}>${escaped(line)}</text>`;
  });
  const font = `font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    `<g ${font} xml:space="preserve">`,
    ...texts,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** Text as an SVG holds it. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
