import { versionsLeftText } from "./aws/remove-objects";
import { createReporter } from "./host/reporter";
import type { Host } from "./host/settings";
import { leftoverKeys } from "./leftovers";
import { awsServices } from "./services";
import { recordedKeys, type ExportState } from "./state/export-state";

/**
 * Forgets the export; with `deleteObjects`, removes the objects that state records, and of an export that was not verified
 * all that lies in its folder. Asks AWS only.
 */
export async function removeExport(host: Host, state: ExportState): Promise<void> {
  if (!state.deleteObjects) return;
  const { aws, kept } = awsServices();
  const keys = [...recordedKeys(state), ...(await leftoverKeys(aws, state))];
  const removal = await kept.removeUnkept({ bucket: state.bucket, region: state.bucketRegion }, keys);
  const left = versionsLeftText(state.bucket, removal);
  if (left !== undefined) createReporter(host.engine, host.urn).warn(left);
}
