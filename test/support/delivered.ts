import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { ExportRecord } from "../../emulator/export-record";
import type { Manifest } from "../../provider/manifest/shape";
import type { ExportedFile, ManifestObject } from "../../provider/state/export-state";
import type { Exports, TestCloud, TestStack } from "./stack";

/** The exports that Domo has run of the one that the program declares as `name`. */
export async function runsOf(cloud: TestCloud, exports: Exports, name = "sales"): Promise<ExportRecord[]> {
  const { path } = exports[name]?.args ?? {};
  const all = await cloud.emulator.control.exports();
  return all.filter(({ order }) => order.path.startsWith(`${String(path)}/`));
}

/**
 * Whatever happened on the way: Domo has run this definition once (beside the `earlier` runs to its path), state holds that export, and S3 holds under its path
 * the objects that state records, byte for byte, its manifest, and no other.
 */
export async function expectDeliveredOnce(
  { cloud, stack, exports }: { cloud: TestCloud; stack: TestStack; exports: Exports },
  { name = "sales", earlier = 0 }: { name?: string; earlier?: number } = {},
): Promise<void> {
  const runs = (await runsOf(cloud, exports, name)).slice(earlier);
  expect(runs.map(({ status }) => status)).toEqual(["success"]);
  const state = await stack.state(name);
  expect(state?.initErrors ?? []).toEqual([]);
  expect(state?.outputs).toMatchObject({ exportId: runs[0]?.exportId, exportStatus: "success", drift: [] });
  const recorded = state?.outputs?.files as ExportedFile[];
  const args = exports[name]?.args;
  const bucket = String(args?.bucket);
  const all = await cloud.s3.keys(bucket, `${String(args?.path)}/`);
  const manifest = state?.outputs?.manifestObject as ManifestObject | undefined;
  expect(manifest, "the manifest is that of this export").toMatchObject({ exportId: runs[0]?.exportId });
  const manifestText = await cloud.s3.get(bucket, manifest?.key ?? "");
  expect(manifest?.etag).toBe(createHash("md5").update(manifestText).digest("hex"));
  const { entries } = JSON.parse(manifestText.toString()) as Manifest;
  expect(entries.map(({ url }) => url)).toEqual(recorded.map(({ url }) => url));
  const keys = all.filter((key) => key !== manifest?.key);
  const stored = keys.map(async (key) => {
    const body = await cloud.s3.get(bucket, key);
    return { key, bytes: body.length, etag: createHash("md5").update(body).digest("hex") };
  });
  expect(recorded.map(({ key, bytes, etag }) => ({ key, bytes, etag }))).toEqual(await Promise.all(stored));
  expect(recorded.map(({ rows }) => rows)).toEqual(runs[0]?.files.map(({ rows }) => rows));
}
