import { createHash } from "node:crypto";
import { expect, onTestFinished } from "vitest";
import { s3Of } from "../../local/aws-fixtures";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import type { Manifest } from "../../provider/manifest/shape";
import type { ExportState } from "../../provider/state/export-state";
import type { Lab } from "../support/lab";
import { argsOf } from "./hostile";

/** URN of an export in the stack `prod`. */
export function urnOf(name: string, parents = ""): string {
  return `urn:pulumi:prod::shop::${parents}pulumi-nodejs:dynamic/domo:S3Export::${name}`;
}

/** Keys of the recorded objects. */
export function keysOf({ files }: ExportState): string[] {
  return files.map(({ key }) => key);
}

/** Kinds of the recorded drift. */
export function kindsOf(state: ExportState | undefined): string[] | undefined {
  return state?.drift.map(({ kind }) => kind);
}

/** The entity tag of a content. */
export function md5(content: string): string {
  return createHash("md5").update(content).digest("hex");
}

/** The export `orders` below a path of its own, as an engine runs it, and its manifest as S3 has it. */
export function manifestLab(lab: Lab, path: string) {
  const place = (name = "orders") => `${path}/_${name}.manifest.json`;
  const args = (more: Record<string, unknown> = {}) => argsOf(lab, path, { resourceUrn: urnOf("orders"), ...more });
  const contentAt = async (key = place()) => (await s3Of(lab.moto).get(lab.bucket, key)).toString();
  return {
    path,
    place,
    args,
    contentAt,
    manifestAt: async (key = place()) => JSON.parse(await contentAt(key)) as Manifest,
    etagAt: async (key = place()) => md5(await contentAt(key)),
    stored: async () => (await lab.keys()).filter((key) => key.startsWith(`${path}/`)),
    newData: () => lab.emulator.control.advanceData({ dataset: lab.dataset, append: [["A-9", "West", 99]] }),
    create: async (more: Record<string, unknown> = {}) => (await (await lab.process()).create(args(more))).outs,
    async up(state: ExportState, more: Record<string, unknown> = {}): Promise<ExportState> {
      const provider = await lab.process();
      const { changes } = await provider.diff(state, args(more));
      return changes ? (await provider.update(state, args(more))).outs : state;
    },
    async refresh(state: ExportState): Promise<ExportState> {
      const { props } = await (await lab.process()).read(state);
      return props ?? expect.fail("nothing is left");
    },
  };
}

/** A proxy between this test and AWS. */
export async function proxyBefore(lab: Lab): Promise<FaultProxy> {
  const proxy = await startFaultProxy(lab.moto.endpoint);
  process.env.AWS_ENDPOINT_URL = proxy.url;
  onTestFinished(async () => {
    process.env.AWS_ENDPOINT_URL = lab.moto.endpoint;
    await proxy.shut();
  });
  return proxy;
}
