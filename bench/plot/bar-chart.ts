import { text } from "./line-chart";
import { ticks } from "./ticks";

/** A value, that of an earlier version, and what it should not exceed. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

/** A chart of horizontal bars from 0. */
export interface BarChart {
  readonly title: string;
  /** What the axis counts. */
  readonly along: string;
  readonly bars: readonly Bar[];
}

const colors = { now: "#1b5e8c", before: "#b9b9b9", limit: "#c8641e" };

const plot = { left: 118, top: 28, width: 180 };
const [THICK, GAP] = [10, 14];

/** The chart as an SVG group whose upper left corner is at 0, 0. A line across a bar is its limit. */
export function barChart({ title, along, bars }: BarChart): string {
  const values = bars.flatMap(({ value, before = 0, limit = 0 }) => [value, before, limit]);
  const levels = ticks(Math.max(...values, Number.MIN_VALUE));
  const x = (value: number) => Math.round(plot.left + (Math.max(0, value) / Math.max(...levels)) * plot.width);
  const step = 2 * THICK + GAP;
  const bottom = plot.top + bars.length * step;
  const rect = (value: number, y: number, color: string) =>
    `<rect x="${plot.left}" y="${y}" width="${x(value) - plot.left}" height="${THICK}" fill="${color}"/>`;
  return [
    text(title, { x: 0, y: 14, more: 'font-weight="600" font-size="13"' }),
    ...levels.map((level) => `<path d="M${x(level)} ${plot.top}V${bottom}" stroke="${level ? "#e4e4e4" : "#777"}"/>`),
    ...levels.map((level) => text(String(level), { x: x(level), y: bottom + 14, more: 'text-anchor="middle"' })),
    text(along, { x: plot.left + plot.width / 2, y: bottom + 30, more: 'text-anchor="middle" fill="#666"' }),
    ...bars.flatMap(({ name, value, before, limit }, index) => {
      const y = plot.top + GAP / 2 + index * step;
      return [
        text(name, { x: plot.left - 6, y: y + THICK - 1, more: 'text-anchor="end"' }),
        rect(value, y, colors.now),
        text(value.toPrecision(3), { x: x(value) + 4, y: y + THICK - 1, more: `fill="${colors.now}"` }),
        ...(before === undefined
          ? []
          : [
              rect(before, y + THICK, colors.before),
              text(before.toPrecision(3), { x: x(before) + 4, y: y + 2 * THICK - 1, more: 'fill="#666"' }),
            ]),
        ...(limit === undefined
          ? []
          : [`<path d="M${x(limit)} ${y - 3}v${2 * THICK + 6}" stroke="${colors.limit}" stroke-width="2"/>`]),
      ];
    }),
  ].join("\n");
}
