import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ordersDataset } from "../../emulator/make-orders";
import { seededRandom } from "../../emulator/random";
import { localToken } from "../../local/cloud";
import { gte, select } from "../../provider/query/build/builder";
import { expectDeliveredOnce, runsOf } from "../support/delivered";
import { endOrphans, type EngineRun, startRun, until, upUntilDone } from "../support/engine-run";
import { drawRound, type RoundPlan, type Strike } from "../support/random-plan";
import { createStack, type Exports, shells, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

const rounds = Number(process.env.RANDOM_FAULT_ROUNDS ?? 20);
const seed = Number(process.env.RANDOM_FAULT_SEED ?? 1);
/** A dataset for each shell: both are struck alike. */
const lanes = ["a0000000-0000-4000-8000-000000000001", "a0000000-0000-4000-8000-000000000002"];

let cloud: TestCloud;
beforeAll(async () => {
  const datasets = lanes.map((id) => ordersDataset({ id }));
  const access = Object.fromEntries(lanes.map((id) => [id, "READ"]));
  const users = [{ token: localToken, id: 27, displayName: "Dana Reader", datasets: access }];
  // With reuse, Domo itself would hide a second POST of the same definition.
  cloud = await startTestCloud({ emulator: { datasets, users, exportSeconds: 0.8, reuse: "never" } });
}, 900_000);
afterAll(() => {
  endOrphans();
  return cloud.stop();
});

const figures = {
  rounds: 0,
  exports: 0,
  ups: 0,
  failedFirst: 0,
  strikes: {} as Partial<Record<Strike, number>>,
  faults: 0,
};

test(
  `${rounds} rounds of random faults (seed ${seed}) end with one export per definition, and state is S3`,
  { timeout: rounds * 120_000 },
  async () => {
    await Promise.all(lanes.map((dataset, lane) => runLane(dataset, Math.ceil((rounds - lane) / lanes.length))));
    figures.faults = (await cloud.emulator.control.requests()).filter(({ fault }) => fault !== null).length;
    figures.exports = (await cloud.emulator.control.exports()).length;
    process.stdout.write(`random faults, seed ${seed}: ${JSON.stringify(figures)}\n`);
    expect(figures.exports).toBe(rounds);
  },
);

async function runLane(dataset: string, count: number): Promise<void> {
  const random = seededRandom(seed * 1000 + lanes.indexOf(dataset));
  const stack = await createStack(cloud, shells[lanes.indexOf(dataset)]);
  const base = { dataset, bucket: cloud.bucket, roleArn: cloud.roleArn, deleteObjects: true };
  let path = "";
  for (let round = 0; round < count; round++) {
    const plan = drawRound(random, dataset);
    if (path === "" || plan.change === "path") path = `exports/${dataset}/${round}`;
    const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Sales").where(gte("Sales", round))));
    const exports: Exports = { sales: { args: { ...base, path, query } } };
    const earlier = (await runsOf(cloud, exports)).length;
    try {
      await runRound({ stack, exports, dataset }, plan);
      await expectDeliveredOnce({ cloud, stack, exports }, { earlier });
      const all = await cloud.s3.dataKeys(cloud.bucket, `exports/${dataset}/`);
      expect(all, "objects of earlier definitions are gone").toHaveLength(1);
    } catch (error) {
      throw new Error(`round ${round} of ${dataset}: ${JSON.stringify(plan)}`, { cause: error });
    }
  }
}

async function runRound(
  { stack, exports, dataset }: { stack: TestStack; exports: Exports; dataset: string },
  { strike, afterMs, faults }: RoundPlan,
): Promise<void> {
  const { control } = cloud.emulator;
  const asked = await control.countRequests({ dataset });
  for (const fault of faults) await control.inject(fault);
  const run = startRun({ cloud, stack, exports }, "up", "--yes", "--skip-preview");
  const talked = async () => (await control.countRequests({ dataset })) > asked;
  await until("the provider talks to Domo", async () => !run.running() || (await talked()));
  await sleep(afterMs);
  await apply(strike, run);
  const { code } = await run.ended;
  figures.rounds += 1;
  figures.strikes[strike] = (figures.strikes[strike] ?? 0) + 1;
  const more = code === 0 ? 0 : await upUntilDone(stack, exports, 8);
  figures.ups += 1 + more;
  if (code !== 0) figures.failedFirst += 1;
}

async function apply(strike: Strike, run: EngineRun): Promise<void> {
  switch (strike) {
    case "engine":
      return run.killEngine();
    case "provider":
      return void run.killProvider();
    case "two Ctrl-Cs":
      run.interrupt();
      await sleep(300);
      return run.interrupt();
    case "nobody":
      return;
  }
}
