import { manifestKeyOf } from "../args/manifest-key";
import type { ExportInputs } from "../args/schema";
import { AwsCallError, PreflightError, type CheckFailure } from "../errors";
import { hasUnknown } from "../host/unknown";
import type { Services } from "../services";
import { leftByReplaced, standingAt } from "./owner";

/**
 * Whether a new export could write its manifest, as far as a preview can ask. Only for a new one, or one that replaces
 * another: else the entity tag is in state, which `check` is not given.
 */
export async function previewManifest(
  { aws, read, kept }: Pick<Services, "aws" | "read" | "kept">,
  { olds, inputs, urn }: { olds: Record<string, unknown>; inputs: Record<string, unknown>; urn: string | undefined },
): Promise<CheckFailure[]> {
  const asks = inputs as unknown as ExportInputs;
  const { bucket, path, manifest } = asks;
  if (urn === undefined || Object.keys(olds).length > 0 || hasUnknown([bucket, path, manifest])) return [];
  const key = manifestKeyOf({ path, manifest }, urn);
  if (key === undefined) return [];
  try {
    const place = { bucket, region: await read.bucketRegion(bucket) };
    await standingAt(aws, { place, key, resource: urn, asks, recorded: leftByReplaced(kept, urn, place) });
  } catch (error) {
    if (error instanceof PreflightError) return [{ property: "manifest", reason: error.message }];
    if (!(error instanceof AwsCallError)) throw error;
  }
  return [];
}
