import { chartSize, text } from "./line-chart";

/** What stands above the charts, and the charts themselves, row by row. */
export interface Page {
  readonly title: string;
  readonly about: readonly string[];
  readonly columns: number;
  /** SVG groups of {@link chartSize} at most. */
  readonly charts: readonly string[];
}

const MARGIN = 16;
const LINE = 16;

/** Draws charts side by side. Returns the text of an SVG. */
export function drawPage({ title, about, columns, charts }: Page): string {
  const top = MARGIN + LINE * (about.length + 2);
  const width = columns * chartSize.width + MARGIN;
  const height = top + Math.ceil(charts.length / columns) * chartSize.height;
  const heading = text(title, { x: MARGIN, y: MARGIN + 10, more: 'font-weight="600" font-size="16"' });
  const lines = about.map((words, index) =>
    text(words, { x: MARGIN, y: MARGIN + 14 + LINE * (index + 1), more: 'fill="#666"' }),
  );
  const placed = charts.map((chart, index) => {
    const x = MARGIN + (index % columns) * chartSize.width;
    const y = top + Math.floor(index / columns) * chartSize.height;
    return `<g transform="translate(${x} ${y})">\n${chart}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"` +
      ` font-family="system-ui, Helvetica, Arial, sans-serif" font-size="11" fill="#222">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    heading,
    ...lines,
    ...placed,
    "</svg>\n",
  ].join("\n");
}
