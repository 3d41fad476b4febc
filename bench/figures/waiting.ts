import { setTimeout as sleep } from "node:timers/promises";
import { startContestants } from "../harness/contestants";
import type { Bench, Figure } from "../harness/figure";
import type { Row } from "../harness/row";
import { summarize } from "../harness/statistics";
import { number } from "../harness/table";
import { latePercent, timeCreate, type TimedCreate, warmUp } from "../harness/timed-create";

const SECONDS = 60;
const TIME_SCALE = 4;

/** How late ends are seen while several exports wait at once, which share the polls that the request rate leaves. */
export const waiting: Figure = {
  name: "waiting",
  title: "Exports of a minute that wait at the same time; nothing is known of their length",
  async measure(bench) {
    const counts = bench.quick ? [1, 3] : [1, 10, 40];
    const rows: Row[] = [];
    for (const count of counts) rows.push(await measureCount(bench, count));
    return rows;
  },
};

async function measureCount({ cloud, progress, rounds, quick }: Bench, count: number): Promise<Row> {
  const seconds = quick ? 0.5 : SECONDS;
  const samples: TimedCreate[] = [];
  let calls = 0;
  // A round needs a process of its own, as a process remembers lengths. Of many exports one round is samples enough.
  const times = count >= 40 ? 1 : rounds;
  for (let round = 0; round < times; round++) {
    progress.say(`${count} waiting, round ${round + 1}`);
    const domo = await cloud.domo({ datasets: count + 1, timeScale: TIME_SCALE, lengthSpread: 0.2 });
    const contestants = await startContestants({ cloud, domo, timeScale: TIME_SCALE });
    try {
      await warmUp(domo, [contestants.ours], seconds);
      await domo.control.clearRequests();
      const running = domo.datasets.slice(0, count).map(async (dataset, index) => {
        const { create } = await contestants.ours(dataset);
        await sleep((index * 250) / TIME_SCALE);
        samples.push(await timeCreate(domo, { create, dataset, timeScale: TIME_SCALE }));
      });
      await Promise.all(running);
      calls += (await domo.control.countRequests()) / times / count;
    } finally {
      await contestants.stop();
      await domo.close();
    }
  }
  return {
    figure: `${count} waiting at once, exports of ${seconds} s, nothing known: an end is seen late by`,
    ours: `+${number(summarize(samples.map(({ beyond }) => beyond)).median)} s, ${number(calls)} calls an export`,
    theirs: "Domo's time",
    value: summarize(samples.map(latePercent)),
    unit: "%",
    targets: count === 1 ? [{ limit: 3, of: "median" }] : [],
    note: `Time runs ${TIME_SCALE} times faster than real, so what the processor takes counts ${TIME_SCALE} times. Value: what is beyond Domo's time and 150 ms, as a share of Domo's time. Each round is a process that has run one export before. Default request rate.`,
    plot: { chart: "waiting", bar: `${count} waiting` },
  };
}
