import { versionsLeftText } from "./aws/remove-objects";
import { createReporter } from "./host/reporter";
import type { Host } from "./host/settings";
import { leftoverKeys } from "./leftovers";
import { removeManifest } from "./manifest/remove";
import { awsServices } from "./services";
import { placeOf, recordedKeys, type ExportState } from "./state/export-state";

/**
 * Forgets the export; with `deleteObjects`, removes the objects that state records, the manifest that points to them first,
 * and of an export that was not verified all that lies in its folder. Asks AWS only.
 */
export async function removeExport(host: Host, state: ExportState): Promise<void> {
  if (!state.deleteObjects) return;
  const { aws, kept } = awsServices(host.signal);
  const place = placeOf(state);
  const { manifestObject, exportId } = state;
  const resource = host.urn ?? "";
  const ofManifest = manifestObject
    ? await removeManifest(aws, { place, manifest: manifestObject, resource, exportId, remove: kept.removeUnkept })
    : [];
  const keys = [...recordedKeys(state), ...(await leftoverKeys(aws, state))];
  const { versionsLeft } = await kept.removeUnkept(place, keys);
  const left = versionsLeftText(state.bucket, { versionsLeft: [...ofManifest, ...versionsLeft] });
  if (left !== undefined) createReporter(host).warn(left);
}
