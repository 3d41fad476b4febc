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
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { vi } from "vitest";
import { signatureMark } from "../../emulator/file-url";
import type { Cell } from "../../emulator/options";
import { type Emulator, startEmulator } from "../../emulator/server";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { type Minio, startMinio } from "../../local/minio";
import { type EngineServer, startEngineServer } from "../support/engine-server";
import { type Lifecycle, shell } from "../support/lab";
import { spellings } from "../support/secrets";

/** Seconds of the provider's and of Domo's clock in one real second. */
const TIME_SCALE = 20;
const TOKEN = "hostile-developer-token";
const REGION = "us-east-1";
const USER = 7;
export const ROLE = "arn:aws:iam::123456789012:role/exports";

/** What all histories share: one S3 that enforces session policies, and all that no text may hold. */
export interface Ground {
  minio: Minio;
  aws: FaultProxy;
  s3: S3Client;
  engine: EngineServer;
  /** All that no text may hold, in every spelling. */
  secrets: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts MinIO behind a proxy, which says what MinIO lacks: a default encryption, which a dataset with row policies needs,
 * that the caller may not read the ACL, of which MinIO shows no ids, and a session of any role, without a session policy, of which
 * MinIO does not know the condition on the bucket's owner.
 */
export async function startGround(): Promise<Ground> {
  const minio = await startMinio();
  const session = await sessionOf(minio);
  const secrets = [TOKEN, signatureMark, minio.root.secretAccessKey, session.SecretAccessKey, session.SessionToken];
  const engine = await startEngineServer();
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
  const members = Object.entries(session).map(([name, value]) => `<${name}>${value}</${name}>`);
  aws.add({
    match: ({ method, url, body }) => method === "POST" && url === "/" && body.includes("Action=AssumeRole"),
    answer: () => ({
      status: 200,
      headers: { "content-type": "text/xml" },
      body:
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>' +
        `<Credentials>${members.join("")}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
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
    engine,
    secrets: [...new Set(secrets.flatMap((secret) => [...spellings(secret).values()]))],
    async stop() {
      s3.destroy();
      engine.close();
      await aws.shut();
      await minio.stop();
    },
  };
}

/** A session that MinIO gives its root user, for as long as it can. */
async function sessionOf({ endpoint, root }: Minio) {
  const sts = new STSClient({ region: REGION, endpoint, credentials: root });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: "session", DurationSeconds: 604_800 }),
  );
  sts.destroy();
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "", Expiration = new Date() } = Credentials ?? {};
  return { AccessKeyId, SecretAccessKey, SessionToken, Expiration: Expiration.toISOString() };
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
  /** All objects, by key; their text as it was before it was compressed. */
  stored(): Promise<Map<string, StoredText>>;
  replace(key: string): Promise<void>;
  remove(key: string): Promise<void>;
  /** The rows that DuckDB gives for Domo's JSON of a query and the token's user, of today's data. */
  evaluate(query: unknown): Promise<string>;
  /** The next object that is read from the bucket stops coming half way; gives what ends that. */
  stall(): () => void;
  /** What the engine was told of a resource. */
  told(urn: string): string;
  close(): Promise<void>;
}

/** An object. */
export interface StoredText {
  text: string;
  bytes: number;
  etag: string;
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
export async function openWorld({ minio, aws, s3, engine }: Ground): Promise<World> {
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
  /** By etag and size: what was read once is not read again. */
  const texts = new Map<string, string>();
  const last = (): Version => versions.at(-1) as Version;
  const world: World = {
    emulator,
    dataset,
    bucket,
    versions,
    isOpen: false,
    process: (signal) => freshProcess({ config: { get: (key) => config[key] }, engine: engine.address, signal }),
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
        Contents.map(async ({ Key = "", Size: bytes = 0, ETag = "" }) => {
          const etag = ETag.replaceAll('"', "");
          const known = texts.get(`${etag} ${bytes}`);
          if (known !== undefined) return [Key, { text: known, bytes, etag }] as const;
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
          const text = textOf(Buffer.from((await Body?.transformToByteArray()) ?? []));
          texts.set(`${etag} ${bytes}`, text);
          return [Key, { text, bytes, etag }] as const;
        }),
      );
      return new Map(found);
    },
    replace: async (key) => void (await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: "tampered" }))),
    remove: async (key) => void (await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))),
    evaluate: async (query) => (await emulator.control.evaluate({ dataset, query, userId: USER })).csv,
    stall: () =>
      aws.add({
        match: ({ method, url }) => method === "GET" && url.startsWith(`/${bucket}/exports`) && url.includes(".csv"),
        times: 1,
        edit: (answer) => ({ ...answer, stalls: true }),
      }),
    told: (urn) => engine.messages.flatMap((message) => (message.urn === urn ? [message.text] : [])).join("\n"),
    close: () => emulator.close(),
  };
  return world;
}

function textOf(raw: Buffer): string {
  try {
    return raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw).toString() : raw.toString();
  } catch {
    return "\n(damaged)";
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
