import { alternate, secondsOf } from "../harness/alternate";
import type { BenchCloud, BenchDomo } from "../harness/cloud";
import { type BenchStack, commands, createBenchStack, LIFTED_RATE } from "../harness/stack";
import { stateBytes } from "../harness/state-bytes";
import { summarize } from "../harness/statistics";
import type { Plan } from "../programs/plan";
import type { Progress } from "../../local/progress";

/** Operations whose cost is measured, in the order of the plot. */
export const operations = ["preview", "up", "no-change up", "refresh"] as const;
/** One of {@link operations}. */
export type Operation = (typeof operations)[number];

/** What a stack of one size costs. */
export interface GrowthPoint {
  readonly exports: number;
  readonly datasets: number;
  /** Seconds: medians, of ours and of as many no-op resources. */
  readonly seconds: Readonly<Record<Operation, { readonly ours: number; readonly floor: number }>>;
  /** Calls to Domo, by the emulator's log. */
  readonly calls: Readonly<Record<Operation, number>>;
  /** Bytes of the state's file. */
  readonly state: { readonly ours: number; readonly floor: number };
}

/** What is measured of each size. */
export interface GrowthOptions {
  readonly sizes: readonly number[];
  /** Rounds of what can be repeated in the same stack; the first `up` is measured once. */
  readonly rounds: number;
  readonly progress: Progress;
}

const EXPORTS_PER_DATASET = 10;
const PARALLEL = "--parallel=64";
/** Neither Domo's time nor the request rate is what grows here: exports end at once and the rate is out of the way. */
const UNHINDERED = { ...LIFTED_RATE, DOMO_MAX_REQUESTS_IN_FLIGHT: "64" };

/** Measures one size after the other, each in stacks of its own. */
export async function* measureGrowth(
  cloud: BenchCloud,
  { sizes, rounds, progress }: GrowthOptions,
): AsyncGenerator<GrowthPoint> {
  for (const exports of sizes) {
    progress.say(`${exports} exports and ${exports} no-op resources`);
    const datasets = Math.ceil(exports / EXPORTS_PER_DATASET);
    const domo = await cloud.domo({ datasets, exportSeconds: 0.05 });
    const place = { bucket: cloud.bucket, path: `exports/growth-${exports}`, roleArn: cloud.roleArn };
    const plan = { count: exports, datasets: domo.datasets, ...place };
    const make = (kind: Plan["kind"]) => createBenchStack({ ...plan, kind }, { ...domo.env, ...UNHINDERED });
    const stacks = { ours: await make("export"), floor: await make("floor") };
    yield { exports, datasets, ...(await measureSize(stacks, domo, rounds)) };
    for (const { workspace } of Object.values(stacks)) workspace.remove();
    await domo.close();
  }
}

async function measureSize(
  { ours, floor }: { ours: BenchStack; floor: BenchStack },
  { control }: BenchDomo,
  rounds: number,
): Promise<Omit<GrowthPoint, "exports" | "datasets">> {
  const seconds: Partial<Record<Operation, { ours: number; floor: number }>> = {};
  const calls: Partial<Record<Operation, number>> = {};
  const steps = { preview: commands.preview, up: commands.up, "no-change up": commands.up, refresh: commands.refresh };
  for (const operation of operations) {
    const args = [...steps[operation], PARALLEL];
    const timed = (stack: BenchStack) => () => secondsOf(() => stack.run(args));
    await control.clearRequests();
    const times = operation === "up" ? 1 : rounds;
    const taken = await alternate(times, { ours: timed(ours), floor: timed(floor) });
    seconds[operation] = { ours: summarize(taken.ours).median, floor: summarize(taken.floor).median };
    calls[operation] = (await control.countRequests()) / times;
  }
  const state = { ours: (await stateBytes(ours)).total, floor: (await stateBytes(floor)).total };
  return { seconds, calls, state } as Omit<GrowthPoint, "exports" | "datasets">;
}
