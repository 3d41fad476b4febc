import { randomUUID } from "node:crypto";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { vi } from "vitest";
import { signatureMark } from "../../emulator/file-url";
import type { RuntimeOptions } from "../../emulator/options";
import { type Emulator, startEmulator } from "../../emulator/server";
import { type Moto, startMoto } from "../../local/moto";
import { eq, select } from "../../provider/query/build/builder";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { closeBucket, createRole, openBucket, s3Of } from "../../local/aws-fixtures";
import { type EngineServer, startEngineServer } from "../support/engine-server";
import { deployer, type Lifecycle, orders, REGION, shell, TOKEN } from "../support/lab";
import { spellings } from "../support/secrets";

/** What our POSTs give as their source. */
const SOURCE = "pulumi-domo-s3-export";

/** Seconds of the provider's clock in one real second: waits and budgets shrink, the order of events stays. */
export const TIME_SCALE = 40;

/** Which zone this machine is in must not matter. */
const ZONE = "Asia/Kolkata";

/** What all cells share: one AWS behind a proxy, and an engine that keeps what it is told. */
export interface Ground {
  moto: Moto;
  /** Between everybody and S3, STS. */
  aws: FaultProxy;
  roleArn: string;
  engine: EngineServer;
  /** All that no message and no state may hold, with its spellings. */
  secrets: Map<string, readonly string[]>;
  stop(): Promise<void>;
}

/** What a cell has from the start. */
export interface CellOptions {
  /** Options of its Domo. */
  options?: Partial<RuntimeOptions>;
  /** Settings of the provider that differ from those of other cells, such as `domo:requestTimeoutSeconds`. */
  settings?: Record<string, string>;
}

/** One cell's own Domo and bucket. */
export interface Cell {
  emulator: Emulator;
  /** Between the provider and Domo. */
  domo: FaultProxy;
  aws: FaultProxy;
  bucket: string;
  dataset: string;
  args(more?: Record<string, unknown>): Record<string, unknown>;
  /** A lifecycle that shares nothing with earlier ones, as a new provider process does. */
  process(): Promise<Lifecycle>;
  /** What S3 lists, by key. */
  stored(): Promise<Map<string, { bytes: number; etag: string }>>;
  /** What S3 holds, by key. */
  contents(): Promise<Map<string, Buffer>>;
  put(key: string, content: Buffer): Promise<void>;
  remove(key: string): Promise<void>;
  /** Lets everybody read the bucket; gives what closes it again. */
  openBucket(): Promise<() => Promise<void>>;
  /** Ids of the exports that our POSTs have started. */
  started(): Promise<string[]>;
  /** All that the engine was told. */
  told(): string;
  /** The secrets that a text holds, in any spelling. */
  secretsIn(text: string): string[];
  close(): Promise<void>;
}

/** Starts the ground, and points the AWS SDK at it. */
export async function startGround(): Promise<Ground> {
  const moto = await startMoto({});
  const secrets = new Map<string, readonly string[]>();
  const keep = (secret = ""): unknown => secrets.set(secret, [...new Set(spellings(secret).values())]);
  [TOKEN, moto.deployer.secretAccessKey, signatureMark].forEach((secret) => keep(secret));
  const aws = await startFaultProxy(moto.endpoint, (_, { body }) => {
    for (const [, secret] of String(body).matchAll(/<(?:SecretAccessKey|SessionToken)>([^<]+)</g)) keep(secret);
  });
  const engine = await startEngineServer();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: moto.deployer.accessKeyId,
    AWS_SECRET_ACCESS_KEY: moto.deployer.secretAccessKey,
    DOMO_TIME_SCALE: String(TIME_SCALE),
    TZ: ZONE,
  });
  const roleArn = await createRole(moto, { bucket: "cell-*", prefix: "exports" });
  const stop = async (): Promise<void> => {
    engine.close();
    await aws.shut();
    await moto.stop();
  };
  return { moto, aws, roleArn, engine, secrets, stop };
}

/** Opens a cell on the ground. */
export async function openCell(
  { moto, aws, roleArn, engine, secrets }: Ground,
  { options, settings }: CellOptions,
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
    "domo:requestTimeoutSeconds": "10",
    ...settings,
  };
  const resourceUrn = `urn:pulumi:cell::faults::pulumi-nodejs:dynamic:Resource::${dataset}`;
  const query = JSON.parse(JSON.stringify(select("Order ID", "Sales").where(eq("Region", "West")))) as unknown;
  return {
    emulator,
    domo,
    aws,
    bucket,
    dataset,
    args: (more) => ({ dataset, query, bucket, path: "exports/a b", roleArn, verify: "rows", resourceUrn, ...more }),
    process: () => freshProcess({ config: { get: (key) => config[key] }, engine: engine.address }),
    async stored() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      return new Map(
        Contents.map(({ Key = "", Size = 0, ETag = "" }) => [Key, { bytes: Size, etag: ETag.replaceAll('"', "") }]),
      );
    },
    async contents() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      const read = Contents.map(async ({ Key = "" }) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
        return [Key, Buffer.from((await Body?.transformToByteArray()) ?? [])] as const;
      });
      return new Map(await Promise.all(read));
    },
    put: async (Key, Body) => void (await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }))),
    remove: async (Key) => void (await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }))),
    async openBucket() {
      await openBucket(moto, bucket);
      return () => closeBucket(moto, bucket);
    },
    async started() {
      const exports = await emulator.control.exports({ dataset });
      return exports.flatMap(({ order, exportId }) => (order.source === SOURCE ? [exportId] : []));
    },
    told: () =>
      engine.messages
        .filter(({ urn }) => urn === resourceUrn)
        .map(({ text }) => text)
        .join("\n"),
    secretsIn: (text) =>
      [...secrets].flatMap(([secret, spelled]) => (spelled.some((one) => text.includes(one)) ? [secret] : [])),
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
