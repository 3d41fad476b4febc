import { randomUUID } from "node:crypto";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { vi } from "vitest";
import type { EmulatorOptions } from "../../emulator/options";
import { type Emulator, startEmulator } from "../../emulator/server";
import { type Moto, startMoto } from "../../local/moto";
import { eq, select } from "../../provider/query/build/builder";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { createRole, s3Of } from "../../local/aws-fixtures";
import { deployer, type Lifecycle, orders, REGION, shell, TOKEN } from "../support/lab";

/** Seconds of the provider's clock in one real second: waits and budgets shrink, the order of events stays. */
export const TIME_SCALE = 40;

/** What all cells share: one AWS behind a proxy. */
export interface Ground {
  moto: Moto;
  /** Between everybody and S3, STS. */
  aws: FaultProxy;
  roleArn: string;
  /** All that no message and no state may hold. */
  secrets: Set<string>;
  stop(): Promise<void>;
}

/** One cell's own Domo and bucket. */
export interface Cell {
  emulator: Emulator;
  /** Between the provider and Domo. */
  domo: FaultProxy;
  aws: FaultProxy;
  secrets: Set<string>;
  bucket: string;
  dataset: string;
  args(more?: Record<string, unknown>): Record<string, unknown>;
  /** A lifecycle that shares nothing with earlier ones, as a new provider process does. */
  process(): Promise<Lifecycle>;
  /** What S3 holds, by key. */
  stored(): Promise<Map<string, { bytes: number; etag: string }>>;
  /** Exports that our POSTs have started. */
  started(): Promise<number>;
  close(): Promise<void>;
}

/** Starts the ground, and points the AWS SDK at it. */
export async function startGround(): Promise<Ground> {
  const moto = await startMoto({});
  const secrets = new Set([TOKEN, moto.deployer.secretAccessKey]);
  const aws = await startFaultProxy(moto.endpoint, (_, { body }) => {
    for (const [, secret] of String(body).matchAll(/<(?:SecretAccessKey|SessionToken)>([^<]+)</g))
      if (secret) secrets.add(secret);
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: moto.deployer.accessKeyId,
    AWS_SECRET_ACCESS_KEY: moto.deployer.secretAccessKey,
    DOMO_TIME_SCALE: String(TIME_SCALE),
  });
  const roleArn = await createRole(moto, { bucket: "cell-*", prefix: "exports" });
  return { moto, aws, roleArn, secrets, stop: () => moto.stop() };
}

/** Opens a cell on the ground. */
export async function openCell(
  { moto, aws, roleArn, secrets }: Ground,
  options: Partial<EmulatorOptions>,
): Promise<Cell> {
  const dataset = randomUUID();
  const bucket = `cell-${dataset.slice(0, 13)}`;
  const s3 = new S3Client({
    region: REGION,
    endpoint: moto.endpoint,
    credentials: moto.deployer,
    forcePathStyle: true,
  });
  await s3Of(moto).createBucket(bucket);
  const emulator = await startEmulator({
    datasets: [orders(dataset)],
    users: [deployer(dataset)],
    s3Endpoint: aws.url,
    regionProbe: moto.prober,
    exportSeconds: 0.1,
    ...options,
  });
  const domo = await startFaultProxy(emulator.url);
  const config: Record<string, string> = {
    "domo:baseUrl": domo.url,
    "domo:developerToken": TOKEN,
    "domo:requestTimeoutSeconds": "1",
  };
  const query = JSON.parse(JSON.stringify(select("Order ID", "Sales").where(eq("Region", "West")))) as unknown;
  return {
    emulator,
    domo,
    aws,
    secrets,
    bucket,
    dataset,
    args: (more) => ({ dataset, query, bucket, path: "exports/a b", roleArn, verify: "rows", ...more }),
    process: () => freshProcess({ config: { get: (key) => config[key] } }),
    async stored() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      return new Map(
        Contents.map(({ Key = "", Size = 0, ETag = "" }) => [Key, { bytes: Size, etag: ETag.replaceAll('"', "") }]),
      );
    },
    async started() {
      const exports = await emulator.control.exports({ dataset });
      return exports.filter(({ order }) => order.source === "pulumi-domo-s3-export").length;
    },
    async close() {
      s3.destroy();
      await domo.shut();
      await emulator.close();
    },
  };
}

let loading: Promise<unknown> = Promise.resolve();

/** One after the other: modules that are loaded between two resets belong together. */
function freshProcess(host: Parameters<typeof shell>[1]): Promise<Lifecycle> {
  const fresh = loading.then(async () => {
    vi.resetModules();
    return shell(await import("../../provider/lifecycle.js"), host);
  });
  loading = fresh;
  return fresh;
}
