import { machineLines } from "../harness/machine";
import { lineChart, type Series } from "../plot/line-chart";
import { drawPage } from "../plot/page";
import { type GrowthPoint, operations } from "./measure";

type Cost = { readonly ours: number; readonly floor: number };

const colors = { preview: "#1b5e8c", up: "#c8641e", "no-change up": "#8a4a9c", refresh: "#3a7d34" };

/** Draws the points as one chart for each cost. Returns the text of an SVG. */
export function plotGrowth(points: readonly GrowthPoint[], about: string): string {
  return drawPage({
    title: "What a stack costs as it grows",
    about: machineLines(about),
    columns: 3,
    charts: [
      ...operations.map((operation) => twoLines(points, `${operation}, s`, ({ seconds }) => seconds[operation])),
      twoLines(points, "state, MiB", ({ state }) => ({ ours: state.ours / 2 ** 20, floor: state.floor / 2 ** 20 })),
      chart(
        "calls to Domo",
        operations.map((name) => line(points, name, colors[name], ({ calls }) => calls[name])),
      ),
    ],
  });
}

function twoLines(points: readonly GrowthPoint[], title: string, cost: (point: GrowthPoint) => Cost): string {
  return chart(title, [
    line(points, "exports", "#1b5e8c", (point) => cost(point).ours),
    line(points, "no-op resources", "#757575", (point) => cost(point).floor),
  ]);
}

function chart(title: string, series: Series[]): string {
  return lineChart({ title, along: "exports in the stack", series });
}

function line(
  points: readonly GrowthPoint[],
  name: string,
  color: string,
  value: (point: GrowthPoint) => number,
): Series {
  return { name, color, points: points.map((point) => ({ x: point.exports, y: value(point) })) };
}
