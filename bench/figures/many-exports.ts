import { alternate, ratios, secondsOf } from "../harness/alternate";
import type { Bench, Figure } from "../harness/figure";
import { peakMemory } from "../harness/peak-memory";
import { exactly, type Row } from "../harness/row";
import { type BenchStack, commands, createBenchStack } from "../harness/stack";
import { stateBytes } from "../harness/state-bytes";
import { summarize } from "../harness/statistics";
import { number } from "../harness/table";
import type { Plan } from "../programs/plan";
import { countRefreshCalls } from "./refresh-calls";

/** What the engine's commands cost with many exports in a stack, against no-op resources with the same inputs. */
export const manyExports: Figure = {
  name: "many",
  title: "400 exports on 40 datasets in one stack",
  async measure(bench) {
    const [count, datasets] = bench.quick ? [8, 2] : [400, 40];
    const { cloud, progress } = bench;
    const domo = await cloud.domo({ datasets, exportSeconds: 0.05 });
    const plan = { count, datasets: domo.datasets, bucket: cloud.bucket, path: "exports/many", roleArn: cloud.roleArn };
    const make = (kind: Plan["kind"]) => createBenchStack({ ...plan, kind }, domo.env);
    const [ours, floor] = [await make("export"), await make("floor")];
    try {
      progress.say(`creating ${count} exports and ${count} no-op resources`);
      const hurry = { DOMO_MAX_REQUESTS_PER_SECOND: "1000" };
      const memory = await peakMemory((env) => ours.run([...commands.up, "--parallel=64"], { ...hurry, ...env }));
      await floor.run([...commands.up, "--parallel=64"]);
      const rows = [
        ...(await commandRows(bench, { ours, floor, count })),
        ...(await countRefreshCalls(bench, { domo, stack: ours })),
        ...(await stateRows(ours, floor, count)),
        memoryRow(memory, count),
      ];
      return rows;
    } finally {
      for (const { workspace } of [ours, floor]) workspace.remove();
      await domo.close();
    }
  },
};

interface Pair {
  readonly ours: BenchStack;
  readonly floor: BenchStack;
  readonly count: number;
}

async function commandRows({ rounds, progress }: Bench, { ours, floor, count }: Pair): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [command, limit] of [
    ["preview", 1.15],
    ["up", 1.15],
    ["refresh", 1.5],
  ] as const) {
    progress.say(`${command} of ${count} exports that do not change`);
    const timed = (stack: BenchStack) => () => secondsOf(() => stack.run(commands[command]));
    const { a, b } = await alternate(rounds, { a: timed(ours), b: timed(floor) });
    const name = command === "up" ? "no-change up" : command;
    rows.push({
      figure: `${name} of ${count} exports, wall`,
      ours: `${number(summarize(a).median)} s`,
      theirs: `floor ${number(summarize(b).median)} s`,
      value: summarize(ratios(a, b)),
      unit: "×",
      targets: [{ limit, of: "median" }],
    });
  }
  return rows;
}

async function stateRows(ours: BenchStack, floor: BenchStack, count: number): Promise<Row[]> {
  const [own, least] = [await stateBytes(ours), await stateBytes(floor)];
  return [
    {
      figure: "__provider",
      ours: `${number(own.provider)} bytes`,
      theirs: `floor ${number(least.provider)} bytes`,
      value: exactly(own.provider),
      unit: "bytes",
      targets: [{ limit: 1500, of: "max" }],
    },
    {
      figure: "state per export beyond the floor (20 columns, 3 predicates, 1 file)",
      ours: `${number(own.total / count)} bytes`,
      theirs: `floor ${number(least.total / count)} bytes`,
      value: exactly((own.total - least.total) / count),
      unit: "bytes",
      targets: [{ limit: 4096, of: "max" }],
    },
  ];
}

function memoryRow(bytes: number, count: number): Row {
  return {
    figure: `peak memory of the provider process, up of ${count} exports, 64 at a time`,
    ours: `${number(bytes / 2 ** 20)} MiB`,
    theirs: "",
    value: exactly(bytes / 2 ** 20),
    unit: "MiB",
    targets: [{ limit: 200, of: "max" }],
  };
}
