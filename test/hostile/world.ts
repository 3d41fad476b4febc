import { randomUUID } from "node:crypto";
import { gunzipSync } from "node:zlib";
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { vi } from "vitest";
import type { Cell } from "../../emulator/options";
import { type Emulator, startEmulator } from "../../emulator/server";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { type Minio, startMinio } from "../../local/minio";
import { type Lifecycle, shell } from "../support/lab";

/** Seconds of the provider's and of Domo's clock in one real second. */
const TIME_SCALE = 20;
const TOKEN = "hostile-developer-token";
const REGION = "us-east-1";
const USER = 7;

/** What all histories share: one S3 that enforces session policies, and all that no text may hold. */
export interface Ground {
  minio: Minio;
  aws: FaultProxy;
  s3: S3Client;
  secrets: Set<string>;
  stop(): Promise<void>;
}

/**
 * Starts MinIO behind a proxy, which says what MinIO lacks: a default encryption, which a dataset with row policies needs, and
 * that the caller may not read the ACL, of which MinIO shows no ids.
 */
export async function startGround(): Promise<Ground> {
  const minio = await startMinio();
  const secrets = new Set([TOKEN, minio.root.secretAccessKey]);
  const aws = await startFaultProxy(minio.endpoint);
  const rule =
    "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>";
  aws.add({
    match: ({ method, url }) => method === "GET" && url.includes("?encryption"),
    answer: () => ({
      status: 200,
      headers: { "content-type": "application/xml" },
      body: `<ServerSideEncryptionConfiguration>${rule}</ServerSideEncryptionConfiguration>`,
    }),
  });
  aws.add({
    match: ({ method, url }) => method === "GET" && url.includes("?acl"),
    answer: () => ({
      status: 403,
      headers: { "content-type": "application/xml" },
      body: "<Error><Code>AccessDenied</Code><Message>no</Message></Error>",
    }),
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: minio.root.accessKeyId,
    AWS_SECRET_ACCESS_KEY: minio.root.secretAccessKey,
    DOMO_TIME_SCALE: String(TIME_SCALE),
  });
  const s3 = new S3Client({ region: REGION, endpoint: minio.endpoint, credentials: minio.root, forcePathStyle: true });
  return {
    minio,
    aws,
    s3,
    secrets,
    async stop() {
      s3.destroy();
      await aws.shut();
      await minio.stop();
    },
  };
}

/** Which rows a token's user sees: all of them, or those of some regions. */
export type Policy = "all" | readonly string[];

/** The data and the policies at one time. */
export interface Version {
  rows: readonly (readonly Cell[])[];
  policy: Policy;
}

/** One history's own Domo and bucket, and the truth about both. */
export interface World {
  emulator: Emulator;
  dataset: string;
  bucket: string;
  /** Every state of data and policies that there was, oldest first. */
  versions: Version[];
  isOpen: boolean;
  /** A provider process that shares nothing with earlier ones. */
  process(signal?: AbortSignal): Promise<Lifecycle>;
  newData(): Promise<void>;
  setPolicy(policy: Policy): Promise<void>;
  setOpen(open: boolean): Promise<void>;
  /** Rows of all objects, by key, without headers. */
  stored(): Promise<Map<string, { rows: string[]; bytes: number; etag: string }>>;
  /** What an object holds; `undefined` when it is not there. */
  text(key: string): Promise<string | undefined>;
  replace(key: string): Promise<void>;
  remove(key: string): Promise<void>;
  close(): Promise<void>;
}

const FIRST: Version["rows"] = [
  ["A-1", "West", 10.5],
  ["A-2", "East", 20],
  ["A-3", "West", 30],
  ["A-4", "North", 40],
  ["A-5", "East", 50],
  ["A-6", "West", 60],
];

/** Opens a world on the ground. */
export async function openWorld({ minio, aws, s3 }: Ground): Promise<World> {
  const dataset = randomUUID();
  const bucket = `hostile-${dataset.slice(0, 13)}`;
  const versions: Version[] = [{ rows: FIRST, policy: "all" }];
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const columns = [
    { name: "Order ID", type: "STRING" },
    { name: "Region", type: "STRING" },
    { name: "Sales", type: "DOUBLE" },
  ] as const;
  const emulator = await startEmulator({
    datasets: [{ id: dataset, name: "Orders", columns, rows: FIRST }],
    users: [{ token: TOKEN, id: USER, displayName: "Deployer", datasets: { [dataset]: "READ" } }],
    s3Endpoint: aws.url,
    regionProbe: minio.root,
    exportSeconds: 0.5,
    timeScale: TIME_SCALE,
  });
  const config: Record<string, string> = {
    "domo:baseUrl": emulator.url,
    "domo:developerToken": TOKEN,
    "domo:requestTimeoutSeconds": "2",
    "domo:maxRequestsPerSecond": "1000",
    "domo:requestBurst": "1000",
    "domo:accessPatienceSeconds": "1",
  };
  const last = (): Version => versions.at(-1) as Version;
  const world: World = {
    emulator,
    dataset,
    bucket,
    versions,
    isOpen: false,
    process: (signal) => freshProcess({ config: { get: (key) => config[key] }, signal }),
    async newData() {
      const row = [`B-${versions.length}`, versions.length % 2 === 0 ? "West" : "East", versions.length];
      // Domo's times have a resolution: data that changes in the same instant as an export begins is told from it by nobody.
      await new Promise((resolve) => setTimeout(resolve, 2));
      await emulator.control.advanceData({ dataset, append: [row] });
      await new Promise((resolve) => setTimeout(resolve, 2));
      versions.push({ ...last(), rows: [...last().rows, row] });
    },
    async setPolicy(policy) {
      const parameters = policy === "all" ? [] : [{ name: "Region", values: policy }];
      const own = {
        filterGroupId: 1,
        name: `policy ${versions.length}`,
        type: "user" as const,
        userIds: [USER],
        parameters,
      };
      await emulator.control.setPdp({
        dataset,
        pdp: { enabled: policy !== "all", policies: policy === "all" ? [] : [own] },
      });
      versions.push({ ...last(), policy });
    },
    async setOpen(open) {
      const statement = {
        Effect: "Allow",
        Principal: { AWS: ["*"] },
        Action: ["s3:GetObject"],
        Resource: [`arn:aws:s3:::${bucket}/*`],
      };
      const policy = { Version: "2012-10-17", Statement: [statement] };
      await (open
        ? s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }))
        : s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket })));
      world.isOpen = open;
    },
    async stored() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      const found = await Promise.all(
        Contents.map(async ({ Key = "", Size = 0, ETag = "" }) => {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
          const raw = Buffer.from((await Body?.transformToByteArray()) ?? []);
          return [Key, { rows: rowsOf(raw), bytes: Size, etag: ETag.replaceAll('"', "") }] as const;
        }),
      );
      return new Map(found);
    },
    async text(key) {
      if (!(await world.stored()).has(key)) return undefined;
      return (await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body?.transformToString();
    },
    replace: async (key) => void (await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: "tampered" }))),
    remove: async (key) => void (await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))),
    close: () => emulator.close(),
  };
  return world;
}

function rowsOf(raw: Buffer): string[] {
  try {
    const text = raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw).toString() : raw.toString();
    return text.split(/\r?\n/).filter(Boolean).slice(1);
  } catch {
    return ["(damaged)"];
  }
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
