import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";
import { type Bar, barChart } from "../plot/bar-chart";
import { drawPage } from "../plot/page";
import { machineLines, machineText } from "./machine";
import type { Results } from "./results";
import type { ChartName, Row } from "./row";
import { renderNotes, renderTable } from "./table";

const page = join(projectRoot, "docs/performance.md");
const [START, END] = ["<!-- benchmark: begin -->", "<!-- benchmark: end -->"];

const charts: Record<ChartName, { title: string; along: string }> = {
  late: { title: "An export's end is seen late by", along: "% of its length beyond 150 ms, nothing known" },
  waiting: { title: "The same, a minute each, at once", along: "% of its length beyond 150 ms" },
  commands: { title: "400 exports, against no-op resources", along: "times the engine's own time" },
  memory: { title: "Peak memory, up of 400 exports", along: "MiB of the provider's process" },
};

/** Puts the table of a run into docs/performance.md, and its plots into docs/benchmark.svg. */
export async function writePage(results: Results): Promise<void> {
  const text = readFileSync(page, "utf8");
  const [above = "", rest = ""] = text.split(START);
  const [, below] = rest.split(END);
  if (below === undefined) throw new Error(`${page} has no "${START}" with an "${END}" after it`);
  writeFileSync(join(projectRoot, "docs/benchmark.svg"), plotResults(results));
  writeFileSync(page, `${above}${START}\n\n${describeRun(results)}\n\n${END}${below}`);
  await runChecked(join(projectRoot, "node_modules/.bin/prettier"), ["--write", page]);
}

/** Draws what the rows say where they are drawn. Returns the text of an SVG. */
function plotResults({ rows, machine }: Pick<Results, "rows" | "machine">): string {
  const names = Object.keys(charts) as ChartName[];
  return drawPage({
    title: "What an export costs",
    about: [
      "Blue: this version. Grey: the version before. Orange: what is aimed at.",
      ...machineLines(machineText(machine)),
    ],
    columns: 2,
    charts: names.map((name) => barChart({ ...charts[name], bars: rows.flatMap((row) => barOf(row, name)) })),
  });
}

function barOf({ plot, value, before, targets }: Row, chart: ChartName): Bar[] {
  if (plot?.chart !== chart) return [];
  const limit = targets.find(({ of }) => of !== "p95")?.limit;
  return [{ name: plot.bar, value: value.median, before: before?.median, limit }];
}

function describeRun({ rows, machine, startedAt, seconds }: Results): string {
  return [
    `One run of ${Math.round(seconds / 60)} minutes on ${startedAt.slice(0, 10)}: ${machineText(machine)}.`,
    renderTable(rows),
    renderNotes(rows),
  ].join("\n\n");
}
