import type { Aws } from "./aws/clients";
import { placeOf, type ExportState } from "./state/export-state";

/** Keys that an export which was not verified has written since state was saved: its folder, which has its id, is no other's. */
export async function leftoverKeys(aws: Aws, state: ExportState): Promise<string[]> {
  const { exportStatus, exportId, keyPrefix } = state;
  if (exportStatus === "success" || exportId === undefined) return [];
  const { objects } = await aws.list(placeOf(state), `${keyPrefix}/${exportId}/`);
  return objects.map(({ key }) => key);
}
