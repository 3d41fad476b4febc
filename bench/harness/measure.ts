import type { Progress } from "../../local/progress";
import { countRowsFigure } from "../figures/count-rows";
import { createTime } from "../figures/create-time";
import { firstAnswer } from "../figures/first-answer";
import { manyExports } from "../figures/many-exports";
import { politeness } from "../figures/politeness";
import { queue } from "../figures/queue";
import { reviewTime } from "../figures/review-time";
import { transport } from "../figures/transport";
import { waiting } from "../figures/waiting";
import { startBenchCloud } from "./cloud";
import type { Extent, Figure } from "./figure";
import { describeMachine } from "./machine";
import type { Results } from "./results";
import type { Row } from "./row";

/** All figures, in the order of the table. */
export const figures: readonly Figure[] = [
  createTime,
  waiting,
  queue,
  politeness,
  manyExports,
  firstAnswer,
  reviewTime,
  countRowsFigure,
  transport,
];

/** What {@link measureAll} measures. */
export interface MeasureOptions extends Extent {
  /** Names of figures. */
  readonly names: readonly string[];
  readonly progress: Progress;
}

/** Starts the local cloud and measures one figure after the other. */
export async function measureAll({ names, progress, ...extent }: MeasureOptions): Promise<Results> {
  const startedAt = new Date();
  const cloud = await startBenchCloud(progress);
  const machine = describeMachine(cloud.engine);
  const rows: Row[] = [];
  try {
    for (const figure of figures) {
      if (!names.includes(figure.name)) continue;
      progress.say(`# ${figure.title}`);
      rows.push(...(await figure.measure({ ...extent, cloud, progress })));
    }
  } finally {
    await cloud.stop();
  }
  const seconds = (Date.now() - startedAt.getTime()) / 1000;
  return { ...extent, startedAt: startedAt.toISOString(), seconds, machine, rows };
}
