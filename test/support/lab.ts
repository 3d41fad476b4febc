import { randomUUID } from "node:crypto";
import { vi } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server.js";
import type { DatasetDefinition, EmulatorOptions, UserDefinition } from "../../emulator/options.js";
import { type Moto, startMoto } from "../../local/moto.js";
import type { ExportInputs } from "../../provider/schema";
import type { Host } from "../../provider/settings";
import type { ExportState } from "../../provider/state";

/** A local AWS and a Domo emulator, with the environment set so that the lifecycle works against them. */
export interface Lab {
  moto: Moto;
  emulator: Emulator;
  dataset: string;
  bucket: string;
  roleArn: string;
  /** A lifecycle as a new provider process has it: nothing shared with earlier ones. */
  process(): Promise<Lifecycle>;
  /** Keys of all objects in a bucket, with their text when asked. */
  keys(bucket?: string): Promise<string[]>;
  removeObject(key: string): Promise<void>;
  putObject(key: string, body: string): Promise<void>;
  stop(): Promise<void>;
}

/** The lifecycle, called as the dynamic shell calls it. */
export interface Lifecycle {
  check(
    args: Record<string, unknown>,
    olds?: Record<string, unknown>,
  ): Promise<{ inputs: ExportInputs; failures: { property: string; reason: string }[] }>;
  create(args: Record<string, unknown>): Promise<{ id: string; outs: ExportState }>;
  update(olds: ExportState, args: Record<string, unknown>): Promise<{ outs: ExportState }>;
  read(state: ExportState): Promise<{ id: string; props?: ExportState; inputs?: ExportInputs }>;
  diff(olds: ExportState, args: Record<string, unknown>): Promise<{ changes: boolean; replaces: string[] }>;
  delete(state: ExportState): Promise<void>;
}

export const TOKEN = "lab-developer-token";
export const REGION = "eu-west-3";

/** A dataset of four rows. */
export function orders(id: string): DatasetDefinition {
  return {
    id,
    name: "Orders",
    columns: [
      { name: "Order ID", type: "STRING" },
      { name: "Region", type: "STRING" },
      { name: "Sales", type: "DOUBLE" },
    ],
    rows: [
      ["A-1", "West", 10.5],
      ["A-2", "East", 20],
      ["A-3", "West", 30],
      ["A-4", null, 40],
    ],
  };
}

/** The user of `TOKEN`, who may read the dataset. */
export function deployer(dataset: string): UserDefinition {
  return { token: TOKEN, id: 7, displayName: "Deployer", datasets: { [dataset]: "READ" } };
}

/** Starts a lab with one dataset of four rows. */
export async function startLab(options: Partial<EmulatorOptions> = {}): Promise<Lab> {
  const moto = await startMoto({});
  const dataset = "0a1b2c3d-aaaa-bbbb-cccc-000000000001";
  const emulator = await startEmulator({
    datasets: [orders(dataset)],
    users: [deployer(dataset)],
    s3Endpoint: moto.endpoint,
    regionProbe: moto.prober,
    exportSeconds: 0.1,
    ...options,
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: moto.deployer.accessKeyId,
    AWS_SECRET_ACCESS_KEY: moto.deployer.secretAccessKey,
    DOMO_INSTANCE: "acme",
    DOMO_BASE_URL: emulator.url,
    DOMO_DEVELOPER_TOKEN: TOKEN,
    DOMO_ACCESS_PATIENCE_SECONDS: "1",
  });
  const { S3Client, CreateBucketCommand, DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } =
    await import("@aws-sdk/client-s3");
  const credentials = { accessKeyId: moto.deployer.accessKeyId, secretAccessKey: moto.deployer.secretAccessKey };
  const s3 = new S3Client({ region: REGION, endpoint: moto.endpoint, credentials, forcePathStyle: true });
  const bucket = `lab-${randomUUID().slice(0, 8)}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
  const roleArn = await createRole(moto, bucket);
  return {
    moto,
    emulator,
    dataset,
    bucket,
    roleArn,
    async process() {
      vi.resetModules();
      const lifecycle = await import("../../provider/lifecycle.js");
      return shell(lifecycle);
    },
    async keys(name = bucket) {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: name }));
      return Contents.map(({ Key = "" }) => Key);
    },
    async removeObject(Key) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    },
    async putObject(Key, Body) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    },
    async stop() {
      await emulator.close();
      await moto.stop();
    },
  };
}

/** A role that the deployer may assume and that may write below `exports/` of a bucket, or of all that a pattern names. */
export async function createRole(moto: Moto, bucket: string): Promise<string> {
  const { IAMClient, CreateRoleCommand, PutRolePolicyCommand } = await import("@aws-sdk/client-iam");
  const credentials = { accessKeyId: moto.deployer.accessKeyId, secretAccessKey: moto.deployer.secretAccessKey };
  const iam = new IAMClient({ region: "us-east-1", endpoint: moto.endpoint, credentials });
  const RoleName = `export-${bucket.replaceAll("*", "any")}`;
  const trust = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: moto.deployer.arn }, Action: ["sts:AssumeRole", "sts:TagSession"] },
    ],
  };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["s3:PutObject", "s3:AbortMultipartUpload"],
        Resource: `arn:aws:s3:::${bucket}/exports/*`,
      },
    ],
  };
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "write", PolicyDocument: JSON.stringify(policy) }));
  return Role?.Arn ?? "";
}

/** Calls a lifecycle as the dynamic shell does: the check first. */
export function shell(lifecycle: typeof import("../../provider/lifecycle"), host: Host = {}): Lifecycle {
  const checked = async (args: Record<string, unknown>, olds: Record<string, unknown> = {}) => {
    const { inputs, failures } = await lifecycle.check(host, olds, args);
    if (failures.length > 0)
      throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
    return inputs as unknown as ExportInputs;
  };
  return {
    check: async (args, olds = {}) => {
      const { inputs, failures } = await lifecycle.check(host, olds, args);
      return { inputs: inputs as unknown as ExportInputs, failures };
    },
    create: async (args) => lifecycle.create(host, await checked(args)),
    update: async (olds, args) => lifecycle.update(host, "id", olds, await checked(args, olds as never)),
    read: (state) => lifecycle.read(host, "id", state),
    diff: async (olds, args) => lifecycle.diff(host, "id", olds, await checked(args, olds as never)),
    delete: (state) => lifecycle.delete(host, "id", state),
  };
}
