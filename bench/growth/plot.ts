import type { TopLevelSpec } from "vega-lite";
import { type GrowthPoint, operations } from "./measure";

interface Dot {
  readonly panel: string;
  readonly exports: number;
  readonly series: "exports" | "no-op resources";
  readonly value: number;
}

const CALLS = "calls to Domo";
const STATE = "state, MiB";
const panels = [...operations.map((operation) => `${operation}, s`), STATE];

/** Draws the points as small multiples, one for each cost, all axes linear. Returns the text of an SVG. */
export async function plotGrowth(points: readonly GrowthPoint[], about: string): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const { spec } = vegaLite.compile(growthSpec(points, about));
  return new vega.View(vega.parse(spec), { renderer: "none" }).toSVG();
}

function growthSpec(points: readonly GrowthPoint[], about: string): TopLevelSpec {
  const costs = panels.map((panel) => chart(panel, dotsOf(points, panel), ["exports", "no-op resources"]));
  const calls = points.flatMap((point) =>
    operations.map((operation) => ({ exports: point.exports, series: operation, value: point.calls[operation] })),
  );
  return {
    title: { text: "What a stack costs as it grows", subtitle: about.split(/(?<=;) /), anchor: "start", offset: 16 },
    background: "white",
    padding: 12,
    concat: [...costs, chart(CALLS, calls, operations)] as never,
    columns: 3,
    spacing: 32,
    resolve: { scale: { color: "independent" } },
    config: { font: "sans-serif", axis: { grid: true, gridOpacity: 0.4 }, title: { fontSize: 14 } },
  };
}

function dotsOf(points: readonly GrowthPoint[], panel: string): Dot[] {
  return points.flatMap(({ exports, seconds, state }) => {
    const operation = operations.find((name) => panel === `${name}, s`);
    const { ours, floor } = operation ? seconds[operation] : mebibytes(state);
    return [
      { panel, exports, series: "exports" as const, value: ours },
      { panel, exports, series: "no-op resources" as const, value: floor },
    ];
  });
}

function mebibytes({ ours, floor }: GrowthPoint["state"]) {
  return { ours: ours / 2 ** 20, floor: floor / 2 ** 20 };
}

function chart(title: string, values: readonly object[], series: readonly string[]) {
  return {
    title: { text: title, fontSize: 12, anchor: "start" },
    width: 240,
    height: 160,
    data: { values },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "exports", type: "quantitative", title: "exports in the stack", scale: { zero: true } },
      y: { field: "value", type: "quantitative", title: null, scale: { zero: true } },
      color: {
        field: "series",
        type: "nominal",
        title: null,
        scale: { domain: [...series], range: ["#1b5e8c", "#8f8f8f", "#c8641e", "#4a8c3f"].slice(0, series.length) },
        legend: { orient: "bottom" },
      },
    },
  };
}
