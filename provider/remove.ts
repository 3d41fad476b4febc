import type { Host } from "./host/settings";
import { awsServices } from "./services";
import { recordedKeys, type ExportState } from "./state/export-state";

/**
 * Forgets the export; with `deleteObjects`, removes the objects that state records, and of an export that was not verified
 * all that lies in its folder. Asks AWS only.
 */
export async function removeExport(_host: Host, state: ExportState): Promise<void> {
  if (!state.deleteObjects) return;
  const place = { bucket: state.bucket, region: state.bucketRegion };
  await awsServices().kept.removeUnkept(place, [...recordedKeys(state), ...(await unrecordedKeys(state))]);
}

/** What an export has written since state was saved: its folder, which has its id, is no other's. */
async function unrecordedKeys({
  exportStatus,
  exportId,
  bucket,
  bucketRegion,
  keyPrefix,
}: ExportState): Promise<string[]> {
  if (exportStatus === "success" || exportId === undefined) return [];
  const { objects } = await awsServices().aws.list({ bucket, region: bucketRegion }, `${keyPrefix}/${exportId}/`);
  return objects.map(({ key }) => key);
}
