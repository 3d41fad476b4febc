import type { Aws } from "../aws/clients";
import type { ExportState } from "./export-state";

/** Objects of the resources that this run has created, updated or kept, by the resource's URN. */
const held = new Map<string, ReadonlySet<string>>();

/** Remembers for this run that the resource `urn` holds the objects of `state`. */
export function holdObjects(urn: string | undefined, state: ExportState): void {
  if (urn !== undefined) held.set(urn, new Set(state.files.map(({ url }) => url)));
}

/**
 * Removes objects of `state` from S3, but none that a resource of this run holds: after a replacement that took the same
 * export over, old and new record the same objects. Finding nothing is success.
 */
export async function removeUnheld(
  services: () => Promise<{ aws: Aws }>,
  { bucket, region }: ExportState,
  keys: string[],
): Promise<void> {
  const kept = new Set([...held.values()].flatMap((urls) => [...urls]));
  const unheld = keys.filter((key) => !kept.has(`s3://${bucket}/${key}`));
  if (unheld.length === 0) return;
  const { aws } = await services();
  await aws.remove({ bucket, region }, unheld);
}
