import type { BenchDomo } from "../harness/cloud";
import { secondsOf } from "../harness/alternate";
import type { Bench, Figure } from "../harness/figure";
import type { Row } from "../harness/row";
import { commands, createBenchStack } from "../harness/stack";
import { summarize } from "../harness/statistics";
import { number } from "../harness/table";
import type { Plan } from "../programs/plan";

/** One up of all exports: how it compares with what the datasets' single slots allow. */
interface Round {
  /** Wall time of the command, in real seconds. */
  readonly wall: number;
  /** The same of as many no-op resources. */
  readonly floor: number;
  /** The longest dataset's sum of export times, in Domo's seconds. */
  readonly longest: number;
}

/** Many exports on fewer datasets, each of which runs one at a time. */
export const queue: Figure = {
  name: "queue",
  title: "200 exports on 40 datasets, one slot a dataset",
  async measure(bench) {
    const extent = bench.quick
      ? { count: 6, datasets: 2, seconds: 0.5, timeScale: 1 }
      : { count: 200, datasets: 40, seconds: 60, timeScale: 4 };
    const wide = await measureRounds(bench, { ...extent, parallel: ["--parallel=256"], rounds: bench.rounds });
    const usual = await measureRounds(bench, {
      ...extent,
      timeScale: bench.quick ? 1 : 12,
      parallel: [],
      rounds: 1,
    });
    return [
      {
        ...row(wide, extent, "--parallel 256"),
        targets: [{ limit: 1.1, of: "median" }],
        ifMissed: "40 datasets share 6 requests a second, which their polls wait for.",
      },
      row(usual, { ...extent, timeScale: bench.quick ? 1 : 12 }, "the engine's default parallelism"),
    ];
  },
};

interface QueueExtent {
  readonly count: number;
  readonly datasets: number;
  readonly seconds: number;
  readonly timeScale: number;
}

async function measureRounds(
  { cloud, progress }: Bench,
  { count, datasets, seconds, timeScale, parallel, rounds }: QueueExtent & { parallel: string[]; rounds: number },
): Promise<Round[]> {
  const done: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    progress.say(`${count} exports, ${parallel[0] ?? "default parallelism"}, round ${round + 1}`);
    const domo = await cloud.domo({ datasets, timeScale, exportSeconds: seconds, lengthSpread: 0.2 });
    const plan = {
      count,
      datasets: domo.datasets,
      bucket: cloud.bucket,
      path: `exports/queue`,
      roleArn: cloud.roleArn,
    };
    const up = async (kind: Plan["kind"]) => {
      const stack = await createBenchStack({ ...plan, kind }, domo.env);
      const taken = await secondsOf(() => stack.run([...commands.up, ...parallel]));
      stack.workspace.remove();
      return taken;
    };
    const floor = await up("floor");
    const wall = await up("export");
    done.push({ wall, floor, longest: await longestSum(domo) });
    await domo.close();
  }
  return done;
}

export async function longestSum({ control }: BenchDomo): Promise<number> {
  const sums = new Map<string, number>();
  for (const { dataset, startedAt, finishedAt, status } of await control.exports()) {
    if (status !== "success") throw new Error(`An export ended with "${status}"`);
    sums.set(dataset, (sums.get(dataset) ?? 0) + ((finishedAt ?? NaN) - startedAt) / 1000);
  }
  return Math.max(...sums.values());
}

/** The engine's own time is real; the rest is told in Domo's seconds. */
function wallOf({ wall, floor }: Round, timeScale: number): number {
  return floor + (wall - floor) * timeScale;
}

function row(rounds: readonly Round[], { count, datasets, seconds, timeScale }: QueueExtent, parallel: string): Row {
  const walls = rounds.map((round) => wallOf(round, timeScale));
  return {
    figure: `${count} exports of ${seconds} s on ${datasets} datasets, ${parallel}`,
    ours: `${number(summarize(walls).median)} s`,
    theirs: `longest dataset ${number(summarize(rounds.map(({ longest }) => longest)).median)} s`,
    value: summarize(rounds.map((round, index) => (walls[index] ?? NaN) / round.longest)),
    unit: "×",
    targets: [],
    note:
      timeScale > 1
        ? `Time runs ${timeScale} times faster than real, but the engine's does not: its ${number(summarize(rounds.map(({ floor }) => floor)).median)} s (as many no-op resources) count once, the rest of the wall time ${timeScale} times. Default request rate.`
        : undefined,
  };
}
