import { secondsOf } from "./alternate";
import type { BenchDomo } from "./cloud";
import type { Export } from "./contestants";

/** What one create took, in seconds of Domo's clock. */
export interface TimedCreate {
  /** What the export took at Domo. */
  readonly server: number;
  /** What the create took beyond that. */
  readonly beyond: number;
}

/** Times a create of a dataset, whose last export at Domo is then the one that it waited for. */
export async function timeCreate(
  domo: BenchDomo,
  { create, dataset, timeScale }: { create: () => Promise<unknown>; dataset: string; timeScale: number },
): Promise<TimedCreate> {
  const wall = (await secondsOf(create)) * timeScale;
  const { startedAt, finishedAt, status } = (await domo.control.exports({ dataset })).at(-1)!;
  if (status !== "success" || finishedAt === null) throw new Error(`An export of ${dataset} ended with "${status}"`);
  const server = (finishedAt - startedAt) / 1000;
  return { server, beyond: wall - server };
}

/** What is beyond Domo's time and 150 ms, as a share of Domo's time. */
export function latePercent({ beyond, server }: TimedCreate): number {
  return (100 * (beyond - 0.15)) / server;
}

/** Runs a short export of the last dataset by each way: the first create of a process loads the AWS SDK. Exports then take `exportSeconds`. */
export async function warmUp(domo: BenchDomo, ways: readonly Export[], exportSeconds: number): Promise<void> {
  await domo.control.setOptions({ exportSeconds: 0.05 });
  for (const way of ways) await (await way(domo.datasets.at(-1)!)).create();
  await domo.control.setOptions({ exportSeconds });
}
