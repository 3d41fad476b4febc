import type { Aws, S3Place } from "../aws/clients";
import type { ManifestObject } from "../state/export-state";
import { standingAt } from "./owner";

/** A manifest that is to be removed. */
export interface ManifestRemoval {
  place: S3Place;
  manifest: ManifestObject;
  /** URN of the resource. */
  resource: string;
  /** Id of the export that state records: what describes it was written by a run whose end state has not seen. */
  exportId: string | undefined;
  remove: Aws["remove"];
}

/**
 * Removes the manifest if it is still the one that state records, or one of the recorded export. Another's stays, that of the
 * resource which replaces this one included.
 *
 * @returns keys of which older versions may be left
 */
export async function removeManifest(
  aws: Aws,
  { place, manifest, resource, exportId, remove }: ManifestRemoval,
): Promise<readonly string[]> {
  const isUnsure = manifest.exportId !== exportId;
  const object = await aws.find(place, manifest.key);
  if (!object) return [];
  if (object.etag !== manifest.etag) {
    if (!isUnsure) return [];
    const standing = await standingAt(aws, { place, key: manifest.key, resource, recorded: manifest }).catch(
      () => undefined,
    );
    if (standing?.kind !== "ours" || standing.exportId !== exportId) return [];
  }
  return (await remove(place, [manifest.key])).versionsLeft;
}
