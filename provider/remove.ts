import { leftoverKeys } from "./leftovers";
import { awsServices } from "./services";
import { recordedKeys, type ExportState } from "./state/export-state";

/**
 * Forgets the export; with `deleteObjects`, removes the objects that state records, and of an export that was not verified
 * all that lies in its folder. Asks AWS only.
 */
export async function removeExport(state: ExportState): Promise<void> {
  if (!state.deleteObjects) return;
  const { aws, kept } = awsServices();
  const keys = [...recordedKeys(state), ...(await leftoverKeys(aws, state))];
  await kept.removeUnkept({ bucket: state.bucket, region: state.bucketRegion }, keys);
}
