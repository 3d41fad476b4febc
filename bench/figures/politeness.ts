import type { BenchDomo } from "../harness/cloud";
import type { Bench, Figure } from "../harness/figure";
import { exactly, type Row } from "../harness/row";
import { commands, createBenchStack } from "../harness/stack";
import { number } from "../harness/table";
import { longestSum } from "./queue";

const WINDOW_SECONDS = 10;
const IN_FLIGHT = 16;
/** Default of `domo:requestBurst`. */
const BURST = 60;

interface Case {
  /** Requests a second of the provider's clock: the setting `domo:maxRequestsPerSecond`. */
  readonly rate: number;
  readonly timeScale: number;
}

/** What many exports at once ask of Domo, at the default rate and at one that is tight, by Domo's own log. */
export const politeness: Figure = {
  name: "politeness",
  title: "Requests to Domo: in flight, a second, and what a tight rate costs",
  async measure(bench) {
    const cases = [
      { rate: 6, timeScale: bench.quick ? 1 : 4 },
      { rate: 2, timeScale: bench.quick ? 5 : 12 },
    ];
    const rows: Row[] = [];
    for (const each of cases) rows.push(...(await measureCase(bench, each)));
    return rows;
  },
};

async function measureCase({ cloud, progress, quick }: Bench, { rate, timeScale }: Case): Promise<Row[]> {
  const [count, datasets, exportSeconds] = quick ? [6, 2, 1] : [200, 40, 60];
  progress.say(`${count} exports at ${rate} requests a second`);
  const domo = await cloud.domo({ datasets, timeScale, exportSeconds, lengthSpread: 0.2 });
  const place = { bucket: cloud.bucket, path: "exports/politeness", roleArn: cloud.roleArn };
  const plan = { kind: "export", count, datasets: domo.datasets, ...place } as const;
  const stack = await createBenchStack(plan, domo.env);
  try {
    await stack.run([...commands.up, "--parallel=256"], { DOMO_MAX_REQUESTS_PER_SECOND: String(rate) });
    const span = await spanOf(domo);
    const [longest, calls] = [await longestSum(domo), await domo.control.countRequests()];
    const { peakInFlight } = await domo.control.load();
    const { busiest, starts } = await seen(domo, timeScale);
    const allowed = BURST + WINDOW_SECONDS * rate + IN_FLIGHT;
    const figure = `${count} exports of ${exportSeconds} s on ${datasets} datasets at ${rate} requests a second`;
    const note =
      `By the emulator's records, in its seconds, of which ${timeScale} pass in a real one: from the first export's start to the last one's end. ` +
      `The limit of a window is ${WINDOW_SECONDS} s at the rate, the burst that may come at once after a pause, and what was on its way when the window began.`;
    return [
      {
        figure: `${figure}: first start to last end`,
        ours: `${number(span)} s, ${number(calls)} calls, ${number(starts)} of them POSTs`,
        theirs: `longest dataset ${number(longest)} s`,
        value: exactly(span / longest),
        unit: "×",
        targets: [],
        note,
      },
      {
        figure: `${figure}: most in flight`,
        ours: `${peakInFlight} of ${number(calls)} calls`,
        theirs: `limit ${IN_FLIGHT}`,
        value: exactly(peakInFlight),
        unit: "calls",
        targets: [{ limit: IN_FLIGHT, of: "max" }],
      },
      {
        figure: `${figure}: most in any ${WINDOW_SECONDS} s`,
        ours: `${busiest} calls`,
        theirs: `limit ${allowed}`,
        value: exactly(busiest),
        unit: "calls",
        targets: [{ limit: allowed, of: "max" }],
      },
    ];
  } finally {
    stack.workspace.remove();
    await domo.close();
  }
}

/** From the first export's start to the last one's end, in Domo's seconds. */
async function spanOf({ control }: BenchDomo): Promise<number> {
  const runs = await control.exports();
  const ends = runs.map(({ finishedAt }) => finishedAt ?? NaN);
  return (Math.max(...ends) - Math.min(...runs.map(({ startedAt }) => startedAt))) / 1000;
}

/** The most calls in any window, in Domo's seconds, and the number of POSTs. */
async function seen({ control }: BenchDomo, timeScale: number): Promise<{ busiest: number; starts: number }> {
  const log = await control.requests();
  const times = log.map(({ at }) => (at * timeScale) / 1000);
  let first = 0;
  let busiest = 0;
  for (const [last, at] of times.entries()) {
    while (times[first]! <= at - WINDOW_SECONDS) first++;
    busiest = Math.max(busiest, last - first + 1);
  }
  return { busiest, starts: log.filter(({ method }) => method === "POST").length };
}
