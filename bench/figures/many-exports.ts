import { alternate, ratios, secondsOf } from "../harness/alternate";
import type { Bench, Figure } from "../harness/figure";
import { peakMemory } from "../harness/peak-memory";
import { exactly, type Row } from "../harness/row";
import { type BenchStack, commands, createBenchStack, LIFTED_RATE } from "../harness/stack";
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
    const [ours, floor, wide] = [await make("export"), await make("floor"), await make("export")];
    try {
      progress.say(`creating ${count} exports twice, and ${count} no-op resources`);
      const peak = (stack: BenchStack, args: readonly string[]) =>
        peakMemory(domo.env, (more) => stack.run([...commands.up, ...args], { ...LIFTED_RATE, ...more }));
      const [own, least] = [await peak(ours, []), await peak(floor, [])];
      const widest = await peak(wide, ["--parallel=64"]);
      return [
        ...(await commandRows(bench, { ours, floor, count })),
        ...(await countRefreshCalls(bench, { domo, stack: ours })),
        ...(await stateRows(ours, floor, count)),
        memoryRow(`up of ${count} exports`, own, least),
        memoryRow(`up of ${count} exports, 64 at a time`, widest, least),
      ];
    } finally {
      for (const { workspace } of [ours, floor, wide]) workspace.remove();
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
  for (const { what, command, env, limit } of [
    { what: `preview of ${count} exports`, command: commands.preview, limit: 1.15 },
    { what: `no-change up of ${count} exports`, command: commands.up, limit: 1.15 },
    { what: `refresh of ${count} exports`, command: commands.refresh, limit: 1.5 },
    { what: `refresh of ${count} exports, request rate lifted`, command: commands.refresh, env: LIFTED_RATE },
  ]) {
    progress.say(what);
    const timed = (stack: BenchStack) => () => secondsOf(() => stack.run(command, env));
    const { a, b } = await alternate(rounds, { a: timed(ours), b: timed(floor) });
    rows.push({
      figure: `${what}, wall`,
      ours: `${number(summarize(a).median)} s`,
      theirs: `floor ${number(summarize(b).median)} s`,
      value: summarize(ratios(a, b)),
      unit: "×",
      targets: limit === undefined ? [] : [{ limit, of: "median" }],
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

function memoryRow(what: string, ours: number, floor: number): Row {
  return {
    figure: `peak memory of the provider process, ${what}`,
    ours: `${number(ours / 2 ** 20)} MiB`,
    theirs: `floor ${number(floor / 2 ** 20)} MiB`,
    value: exactly(ours / 2 ** 20),
    unit: "MiB",
    // 200 MB.
    targets: [{ limit: 200e6 / 2 ** 20, of: "max" }],
  };
}
