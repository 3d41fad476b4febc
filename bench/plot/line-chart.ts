import { ticks } from "./ticks";

/** One line of a chart. */
export interface Series {
  readonly name: string;
  readonly color: string;
  /** In the order of x. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A chart of lines over one axis. Both axes are linear and begin at 0. */
export interface LineChart {
  readonly title: string;
  /** What x counts. */
  readonly along: string;
  readonly series: readonly Series[];
}

/** Width and height of a chart with all its texts, in pixels. */
export const chartSize = { width: 345, height: 230 };

const plot = { left: 46, top: 28, width: 190, height: 150 };
const bottom = plot.top + plot.height;
const LINE_HEIGHT = 13;

/** The chart as an SVG group whose upper left corner is at 0, 0. Each line has its name at its end, so no legend is needed. */
export function lineChart({ title, along, series }: LineChart): string {
  const points = series.flatMap((line) => line.points);
  const sizes = [...new Set(points.map(({ x }) => x))];
  const levels = ticks(Math.max(...points.map(({ y }) => y), Number.MIN_VALUE));
  const x = (value: number) => round(plot.left + (value / Math.max(...sizes)) * plot.width);
  const y = (value: number) => round(bottom - (value / Math.max(...levels)) * plot.height);
  return [
    text(title, { x: 0, y: 14, more: 'font-weight="600" font-size="13"' }),
    ...levels.map(
      (level) => `<path d="M${plot.left} ${y(level)}h${plot.width}" stroke="${level ? "#e4e4e4" : "#777"}"/>`,
    ),
    ...levels.map((level) => text(number(level), { x: plot.left - 6, y: y(level) + 4, more: 'text-anchor="end"' })),
    ...apart(sizes, x).map((size) => text(number(size), { x: x(size), y: bottom + 16, more: 'text-anchor="middle"' })),
    text(along, { x: plot.left + plot.width / 2, y: bottom + 34, more: 'text-anchor="middle" fill="#666"' }),
    ...series.map(({ color, points }) => {
      const way = points.map((point) => `${x(point.x)} ${y(point.y)}`);
      const dots = way.map((place) => `M${place}h0`).join("");
      return (
        `<path d="M${way.join("L")}" fill="none" stroke="${color}" stroke-width="2"/>` +
        `<path d="${dots}" stroke="${color}" stroke-width="6" stroke-linecap="round"/>`
      );
    }),
    ...names(series, y),
  ].join("\n");
}

/** Sizes whose numbers have room next to each other, the largest first. */
function apart(sizes: readonly number[], x: (size: number) => number): number[] {
  const shown: number[] = [];
  for (const size of [...sizes].sort((a, b) => b - a))
    if (shown.every((other) => x(other) - x(size) > 24)) shown.push(size);
  return shown;
}

/** The names at the ends of their lines, moved apart where lines end close together. */
function names(series: readonly Series[], y: (value: number) => number): string[] {
  const ends = series.flatMap(({ name, color, points }) => {
    const end = points.at(-1);
    return end ? [{ name, color, y: y(end.y) + 4 }] : [];
  });
  let free = bottom + 4;
  return ends
    .sort((a, b) => b.y - a.y)
    .map(({ name, color, y }, index) => {
      // The names that are still to come stand above, inside the chart.
      const at = Math.max(Math.min(y, free), (ends.length - index) * LINE_HEIGHT);
      free = at - LINE_HEIGHT;
      return text(name, { x: plot.left + plot.width + 8, y: at, more: `fill="${color}"` });
    });
}

/** A line of text in SVG. */
export function text(words: string, { x, y, more = "" }: { x: number; y: number; more?: string }): string {
  const escaped = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x}" y="${round(y)}" ${more}>${escaped}</text>`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
