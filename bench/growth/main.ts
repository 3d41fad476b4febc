/* What a stack costs at several sizes: bench/results/growth.json, and the plot docs/growth.svg. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { runCommandLine } from "../../cli/command-line";
import { projectRoot } from "../../local/paths";
import { terminalProgress } from "../../local/progress";
import { startBenchCloud } from "../harness/cloud";
import { describeMachine, machineText } from "../harness/machine";
import { type GrowthPoint, measureGrowth } from "./measure";
import { plotGrowth } from "./plot";

const program = new Command("bench:growth")
  .description("Measures preview, up, no-change up, refresh, state and calls to Domo as a stack grows, and plots them")
  .option("--quick", "5 and 10 exports, one round, nothing written to docs/: whether it works", false)
  .action(run);

async function run({ quick }: { quick: boolean }): Promise<void> {
  const [sizes, rounds] = quick ? [[5, 10], 1] : [[10, 100, 400, 1000], 3];
  const progress = terminalProgress();
  const startedAt = new Date();
  const cloud = await startBenchCloud(progress);
  try {
    const machine = describeMachine(cloud.engine);
    const folder = process.env.BENCH_RESULTS ?? join(projectRoot, "bench/results");
    const json = join(folder, quick ? "growth-quick.json" : "growth.json");
    const svg = quick ? join(folder, "growth-quick.svg") : join(projectRoot, "docs/growth.svg");
    const points: GrowthPoint[] = [];
    // Written after each size, because the largest takes most of the time.
    for await (const point of measureGrowth(cloud, { sizes, rounds, progress })) {
      points.push(point);
      const seconds = (Date.now() - startedAt.getTime()) / 1000;
      const results = { quick, rounds, startedAt: startedAt.toISOString(), seconds, machine, points };
      write(json, `${JSON.stringify(results, null, 2)}\n`);
      write(svg, plotGrowth(points, machineText(machine)));
      progress.say(`${Math.round(seconds)} s; written to ${json} and ${svg}`);
    }
  } finally {
    await cloud.stop();
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

void runCommandLine(program);
