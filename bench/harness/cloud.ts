import { randomUUID } from "node:crypto";
import { type DatasetDefinition, type RuntimeOptions } from "../../emulator/options";
import { type Emulator, startEmulator } from "../../emulator/server";
import { type LocalCloud, localToken, startLocalCloud } from "../../local/cloud";
import type { Progress } from "../../local/progress";
import { createRole, s3Of } from "../../local/aws-fixtures";
import { columnNames } from "../programs/plan";

/** The local cloud of a benchmark, with a bucket and a role that the exports use. */
export interface BenchCloud extends LocalCloud {
  readonly bucket: string;
  readonly roleArn: string;
  /** Another Domo, with datasets of its own, whose time passes `timeScale` times faster than the real one's. */
  domo(options: DomoOptions): Promise<BenchDomo>;
}

/** Options of {@link BenchCloud.domo}. */
export interface DomoOptions extends Partial<RuntimeOptions> {
  readonly datasets: number;
  /** @default 1 */
  readonly timeScale?: number;
}

/** A Domo emulator and what a provider's process needs to speak to it. */
export interface BenchDomo extends Emulator {
  readonly token: string;
  readonly datasets: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Region of the local bucket. */
export const REGION = "eu-west-3";

/** Starts AWS and makes the engine ready. */
export async function startBenchCloud(progress: Progress): Promise<BenchCloud> {
  const cloud = await startLocalCloud({ progress });
  const bucket = `bench-${randomUUID().slice(0, 8)}`;
  await s3Of(cloud.moto).createBucket(bucket);
  const roleArn = await createRole(cloud.moto, { bucket, prefix: "exports" });
  const open = new Set<Emulator>();
  return {
    ...cloud,
    bucket,
    roleArn,
    async domo({ datasets: count, timeScale = 1, ...options }) {
      const datasets = Array.from({ length: count }, (_, index) => benchDataset(index));
      const granted = Object.fromEntries(datasets.map(({ id }) => [id, "READ"]));
      const emulator = await startEmulator({
        datasets,
        users: [{ token: localToken, id: 27, displayName: "Dana Reader", datasets: granted }],
        s3Endpoint: cloud.moto.endpoint,
        regionProbe: cloud.moto.prober,
        reuse: "never",
        timeScale,
        ...options,
      });
      open.add(emulator);
      const env = { ...cloud.env, DOMO_BASE_URL: emulator.url, DOMO_TIME_SCALE: String(timeScale) };
      const close = async () => {
        open.delete(emulator);
        await emulator.close();
      };
      return { ...emulator, close, token: localToken, datasets: datasets.map(({ id }) => id), env };
    },
    async stop() {
      await Promise.all([...open].map((emulator) => emulator.close()));
      await cloud.stop();
    },
  };
}

/** Twenty columns and few rows: what an export costs beside its data. */
function benchDataset(index: number): DatasetDefinition {
  const columns = columnNames.map((name, at) => ({ name, type: at === 1 ? ("LONG" as const) : ("STRING" as const) }));
  const regions = ["West", "East", "North", "South"];
  const rows = Array.from({ length: 5 }, (_, row) =>
    columnNames.map((_name, at) => (at === 1 ? row : (regions[row % regions.length] ?? ""))),
  );
  return { id: randomUUID(), name: `Bench ${index}`, columns, rows };
}
