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

/** What bounds the heap of the provider's process, for small runners. */
const HEAP_OPTION = "--max-old-space-size=128";

/** What the engine's commands cost with many exports in a stack, against no-op resources with the same inputs. */
export const manyExports: Figure = {
  name: "many",
  title: "400 exports on 40 datasets in one stack",
  async measure(bench) {
    const [count, datasets] = bench.quick ? [8, 2] : [400, 40];
    const { cloud, progress } = bench;
    const domo = await cloud.domo({ datasets, exportSeconds: 0.05 });
    const plan = { count, datasets: domo.datasets, bucket: cloud.bucket, path: "exports/many", roleArn: cloud.roleArn };
    const make = (kind: Plan["kind"], checkout?: string) => createBenchStack({ ...plan, kind }, domo.env, checkout);
    const [ours, floor, wide, bounded] = [
      await make("export"),
      await make("floor"),
      await make("export"),
      await make("export"),
    ];
    const before = bench.before === undefined ? undefined : await make("export", bench.before);
    try {
      progress.say(`creating ${count} exports ${before ? "four" : "three"} times, and ${count} no-op resources`);
      const peak = (stack: BenchStack, args: readonly string[] = [], env = domo.env) =>
        peakMemory(env, (more) => stack.run([...commands.up, ...args], { ...LIFTED_RATE, ...more }));
      const [own, least] = [await peak(ours), await peak(floor)];
      const widest = await peak(wide, ["--parallel=64"]);
      const held = await peak(bounded, [], { ...domo.env, NODE_OPTIONS: HEAP_OPTION });
      const earlier = before && (await peak(before));
      const stacks = { ours, floor, before, count };
      return [
        ...(await commandRows(bench, stacks)),
        ...(await countRefreshCalls(bench, { domo, stack: ours })),
        ...(await stateRows(stacks)),
        memoryRow({ what: `up of ${count} exports`, own, least, before: earlier, bar: "default" }),
        memoryRow({ what: `up of ${count} exports, 64 at a time`, own: widest, least, bar: "64 at a time" }),
        memoryRow({
          what: `up of ${count} exports, ${HEAP_OPTION}`,
          own: held,
          least,
          bar: "bounded heap",
          isBounded: true,
        }),
      ];
    } finally {
      for (const stack of [ours, floor, wide, bounded, before]) stack?.workspace.remove();
      await domo.close();
    }
  },
};

interface Stacks {
  readonly ours: BenchStack;
  readonly floor: BenchStack;
  /** Of an earlier version. */
  readonly before?: BenchStack | undefined;
  readonly count: number;
}

async function commandRows({ rounds, progress }: Bench, { ours, floor, before, count }: Stacks): Promise<Row[]> {
  const rows: Row[] = [];
  const ownWork =
    "Each output costs the program four promises of Pulumi's SDK; those of the 21 arguments that may be left out take 0.6 s of its 5.4 s of CPU.";
  const rate =
    "Its calls to Domo wait for the request rate (81 calls take 3.5 s beyond the burst of 60): see the row with the rate lifted.";
  for (const { what, command, env, limit, ifMissed } of [
    { what: "preview", command: commands.preview, limit: 1.05, ifMissed: ownWork },
    { what: "no-change up", command: commands.up, limit: 1.05, ifMissed: ownWork },
    { what: "refresh", command: commands.refresh, limit: 1.3, ifMissed: rate },
    { what: "refresh, rate lifted", command: commands.refresh, env: LIFTED_RATE },
  ]) {
    progress.say(what);
    const timed = (stack: BenchStack) => () => secondsOf(() => stack.run(command, env));
    const unmeasured = () => Promise.resolve(NaN);
    const { a, b, c } = await alternate(rounds, {
      a: timed(ours),
      b: timed(floor),
      c: before ? timed(before) : unmeasured,
    });
    rows.push({
      figure: `${count} exports: ${what}, wall`,
      ours: `${number(summarize(a).median)} s`,
      theirs: `floor ${number(summarize(b).median)} s`,
      value: summarize(ratios(a, b)),
      ...(before && { before: summarize(ratios(c, b)) }),
      unit: "×",
      targets: limit === undefined ? [] : [{ limit, of: "median" }],
      ifMissed,
      plot: { chart: "commands", bar: what },
    });
  }
  return rows;
}

async function stateRows({ ours, floor, before, count }: Stacks): Promise<Row[]> {
  const earlier = before && (await stateBytes(before));
  const [own, least] = [await stateBytes(ours), await stateBytes(floor)];
  return [
    {
      figure: "__provider",
      ours: `${number(own.provider)} bytes`,
      theirs: `floor ${number(least.provider)} bytes`,
      value: exactly(own.provider),
      ...(earlier && { before: exactly(earlier.provider) }),
      unit: "bytes",
      targets: [{ limit: 1500, of: "max" }],
    },
    {
      figure: "state per export beyond the floor (20 columns, 3 predicates, 1 file)",
      ours: `${number(own.total / count)} bytes`,
      theirs: `floor ${number(least.total / count)} bytes`,
      value: exactly((own.total - least.total) / count),
      ...(earlier && { before: exactly((earlier.total - least.total) / count) }),
      unit: "bytes",
      targets: [{ limit: 4096, of: "max" }],
    },
  ];
}

interface Peaks {
  readonly what: string;
  readonly bar: string;
  /** Bytes. */
  readonly own: number;
  readonly least: number;
  readonly before?: number | undefined;
  /** Whether the heap was bounded. */
  readonly isBounded?: boolean;
}

function memoryRow({ what, bar, own, least, before, isBounded }: Peaks): Row {
  return {
    figure: `peak memory of the provider process, ${what}`,
    ours: `${number(own / 2 ** 20)} MiB`,
    theirs: `floor ${number(least / 2 ** 20)} MiB`,
    value: exactly(own / 2 ** 20),
    ...(before !== undefined && { before: exactly(before / 2 ** 20) }),
    unit: "MiB",
    targets: [{ limit: least / 2 ** 20 + 64, of: "max" }],
    ifMissed: isBounded
      ? "57 MiB of heap are in use after a collection; the rest is garbage within that bound, code and buffers."
      : `Garbage: after a collection the heap holds 57 MiB, but Node collects late where the machine has memory. See the row with ${HEAP_OPTION}.`,
    plot: { chart: "memory", bar },
  };
}
