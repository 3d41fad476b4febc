import { randomUUID } from "node:crypto";
import { vi } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server";
import type { EmulatorOptions } from "../../emulator/options";
import { type Moto, startMoto } from "../../local/moto";
import { createRole, s3Of } from "../../local/aws-fixtures";
import type { ExportInputs } from "../../provider/args/schema";
import type { CheckFailure } from "../../provider/errors";
import type { Host } from "../../provider/host/settings";
import type { ExportState } from "../../provider/state/export-state";
import { deployer, orders, TOKEN } from "./orders";

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

export { deployer, orders, TOKEN };
export const REGION = "eu-west-3";

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
  const s3 = s3Of(moto);
  const bucket = `lab-${randomUUID().slice(0, 8)}`;
  await s3.createBucket(bucket);
  const roleArn = await createRole(moto, { bucket, prefix: "exports" });
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
    keys: (name = bucket) => s3.keys(name),
    removeObject: (key) => s3.remove(bucket, key),
    putObject: (key, body) => s3.put(bucket, key, body),
    async stop() {
      await emulator.close();
      await moto.stop();
    },
  };
}

/** A failure as one sentence, wherever its property stands. */
function sentence({ property, reason }: CheckFailure): string {
  return property === "" ? reason : `${property}: ${reason}`;
}

/** A failure whose property may stand in its text, with the property apart. */
export function placed(failure: CheckFailure): CheckFailure {
  const [, property = "", reason = ""] = /^([\w.[\]:]+?):? (.*)$/s.exec(sentence(failure)) ?? [];
  return { property, reason };
}

/** A role that the deployer may assume and that may write below `exports/` of a bucket, or of all that a pattern names. */
export function shell(lifecycle: typeof import("../../provider/lifecycle"), host: Host = {}): Lifecycle {
  const checked = async (args: Record<string, unknown>, olds: Record<string, unknown> = {}) => {
    const { inputs, failures } = await lifecycle.check(host, olds, args);
    if (failures.length > 0) throw new Error(failures.map(sentence).join("\n"));
    return inputs as unknown as ExportInputs;
  };
  return {
    check: async (args, olds = {}) => {
      const { inputs, failures } = await lifecycle.check(host, olds, args);
      return { inputs: inputs as unknown as ExportInputs, failures: failures.map(placed) };
    },
    create: async (args) => lifecycle.create(host, await checked(args)),
    update: async (olds, args) => lifecycle.update(host, "id", olds, await checked(args, olds as never)),
    read: (state) => lifecycle.read(host, "id", state),
    diff: async (olds, args) => lifecycle.diff(host, "id", olds, await checked(args, olds as never)),
    delete: (state) => lifecycle.delete(host, "id", state),
  };
}
