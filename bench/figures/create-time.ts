import { setTimeout as sleep } from "node:timers/promises";
import type { BenchDomo } from "../harness/cloud";
import { type Contestants, startContestants } from "../harness/contestants";
import type { Bench, Figure } from "../harness/figure";
import type { Row } from "../harness/row";
import { summarize } from "../harness/statistics";
import { number } from "../harness/table";
import { latePercent, timeCreate, type TimedCreate, warmUp } from "../harness/timed-create";

/** Exports of one length. */
interface Length {
  readonly seconds: number;
  /** How many of Domo's seconds, and of the provider's, pass in a real one. */
  readonly timeScale: number;
  /** Exports of each way at a time, on datasets of their own. */
  readonly lanes: number;
}

const LENGTHS: readonly Length[] = [
  { seconds: 1, timeScale: 1, lanes: 2 },
  { seconds: 10, timeScale: 1, lanes: 4 },
  { seconds: 60, timeScale: 4, lanes: 4 },
  { seconds: 600, timeScale: 20, lanes: 4 },
];
const QUICK: readonly Length[] = [{ seconds: 0.3, timeScale: 1, lanes: 1 }];
/** Seconds between rounds, in which a process wins back its burst of requests: as in an `up` that has nothing else to ask. */
const PAUSE_SECONDS = 10;
/** Polls of an export of ten minutes of which nothing is known: 0.2 a second, and those of the first seconds. */
const MOST_POLLS = 130;
const WAYS = ["ours", "textbook", "curl"] as const;
type Way = (typeof WAYS)[number] | "before";

/** What the process can know of the length when the export starts. */
const KNOWLEDGE = { nothing: "nothing known", own: "dataset exported before" } as const;
type Knowledge = keyof typeof KNOWLEDGE;

/** One create of a round. */
interface Job {
  readonly way: Way;
  readonly dataset: string;
  readonly knows: Knowledge;
}

/** One create, timed. */
interface Sample extends TimedCreate {
  readonly way: Way;
  /** Calls for the dataset's list. */
  readonly looks: number;
  readonly knows: Knowledge;
}

/** How much longer a create takes than the export takes at Domo. */
export const createTime: Figure = {
  name: "create",
  title: "Create beyond the time that Domo needs; lengths vary by ±20 %",
  async measure(bench) {
    const rows: Row[] = [];
    for (const length of bench.quick ? QUICK : LENGTHS) {
      bench.progress.say(`exports of ${length.seconds} s, ${length.timeScale} × real time`);
      const samples = await measureLength(bench, length);
      rows.push(...rowsOf(length, samples));
    }
    return rows;
  },
};

async function measureLength(bench: Bench, { seconds, timeScale, lanes }: Length): Promise<Sample[]> {
  const { before, cloud } = bench;
  const compared: readonly Way[] = before ? [...WAYS, "before"] : WAYS;
  // Of each lane: one dataset for each way, and for each later round one that was never exported.
  const perLane = compared.length + bench.rounds - 1;
  const domo = await cloud.domo({
    datasets: lanes * perLane + 1,
    timeScale,
    lengthSpread: 0.2,
  });
  // A process for each lane: exports of one process share its request rate.
  const started = await Promise.all(
    Array.from({ length: lanes }, () => startContestants({ cloud, domo, timeScale, before })),
  );
  try {
    for (const { ours, before: earlier } of started) await warmUp(domo, earlier ? [ours, earlier] : [ours], seconds);
    const samples: Sample[] = [];
    for (let round = 0; round < bench.rounds; round++) {
      const jobs = started.flatMap((ways, lane) => {
        const datasets = domo.datasets.slice(lane * perLane, (lane + 1) * perLane);
        return jobsOf(compared, datasets, round).map((job) => ({ ...job, ways }));
      });
      const running = jobs.map(async (_, index) => {
        // One after the other, so that they do not fight for the two cores, and each round in another order.
        await sleep((index * seconds * 1000) / timeScale / jobs.length);
        const { ways, ...job } = jobs[(index + round) % jobs.length]!;
        samples.push(await sample(domo, ways, { ...job, timeScale }));
      });
      await Promise.all(running);
      await sleep((PAUSE_SECONDS * 1000) / timeScale);
    }
    return samples;
  } finally {
    await Promise.all(started.map((ways) => ways.stop()));
    await domo.close();
  }
}

/** What a lane's datasets are exported by in a round. */
function jobsOf(ways: readonly Way[], datasets: readonly string[], round: number): Job[] {
  const knows = round === 0 ? "nothing" : "own";
  const jobs = ways.map((way, index): Job => ({ way, dataset: datasets[index]!, knows }));
  if (round > 0) jobs.push({ way: "ours", dataset: datasets[ways.length + round - 1]!, knows: "nothing" });
  return jobs;
}

async function sample(
  domo: BenchDomo,
  ways: Contestants,
  { way, dataset, knows, timeScale }: Job & { readonly timeScale: number },
): Promise<Sample> {
  const lists = { method: "GET", path: "/api/query/v1/export/", dataset };
  const { create } = await ways[way]!(dataset);
  const before = await domo.control.countRequests(lists);
  const timed = await timeCreate(domo, { create, dataset, timeScale });
  const looks = (await domo.control.countRequests(lists)) - before;
  return { ...timed, way, looks, knows };
}

function rowsOf({ seconds, timeScale }: Length, samples: readonly Sample[]): Row[] {
  const scaled =
    timeScale > 1
      ? `Domo's clock and the provider's run ${timeScale} times faster than real, so what AWS, the network and the processor take counts ${timeScale} times. `
      : "";
  const note = `${scaled}Value: what is beyond Domo's time and 150 ms, as a share of Domo's time. The provider's process has run one export before.`;
  const rows: Row[] = [];
  for (const [knows, what] of Object.entries(KNOWLEDGE)) {
    const own = samples.filter((each) => each.way === "ours" && each.knows === knows);
    const earlier = samples.filter((each) => each.way === "before" && each.knows === knows);
    if (own.length === 0) continue;
    // What is known makes no difference to the others.
    const of = (way: Way) => (way === "ours" ? own : samples.filter((each) => each.way === way));
    const beyond = (way: Way) => `+${number(summarize(of(way).map((each) => each.beyond)).median)} s`;
    rows.push({
      figure: `create beyond Domo's time, ${seconds} s export, ${what}`,
      ours: beyond("ours"),
      theirs: `textbook ${beyond("textbook")}, curl loop ${beyond("curl")}`,
      value: summarize(own.map(latePercent)),
      ...(earlier.length > 0 && { before: summarize(earlier.map(latePercent)) }),
      unit: "%",
      targets: [
        { limit: 3, of: "median" },
        { limit: 8, of: "p95" },
      ],
      note,
      ifMissed:
        seconds < 60
          ? "What AWS and the calls take counts much in a short export."
          : "A wait between two polls is a 24th of what has passed: 2.1 % at the median, the rest is chance.",
      ...(knows === "nothing" && { plot: { chart: "late", bar: `${seconds} s` } }),
    });
    if (seconds >= 600 || seconds < 1) {
      const looks = (way: Way) => number(summarize(of(way).map((each) => each.looks)).median);
      rows.push({
        figure: `status calls during a ${seconds} s export, ${what}`,
        ours: `${looks("ours")} calls`,
        theirs: `textbook ${looks("textbook")}, curl loop ${looks("curl")}`,
        value: summarize(own.map((each) => each.looks)),
        ...(earlier.length > 0 && { before: summarize(earlier.map((each) => each.looks)) }),
        unit: "calls",
        targets: [{ limit: knows === "nothing" ? MOST_POLLS : 40, of: "max" }],
      });
    }
  }
  return rows;
}
