import { hasEnded, type DomoExport } from "../domo/answers";
import type { ExportState } from "../state/export-state";
import type { Candidate, Order, Plan, Slot } from "./order";
import { judge } from "./provenance";

/**
 * The newest export of this very definition and of today's data that no state knows yet: one whose answer was lost, or
 * whose run was killed. The export that state holds as complete is not looked for: the caller wants a newer one.
 */
export async function earlierExport(
  { services, inputs, previous }: Order,
  { place, definition }: Plan,
  { list, before, rejected }: Slot,
): Promise<Candidate | undefined> {
  const complete =
    previous?.exportStatus === "success" && previous.definition === definition.digest ? previous : undefined;
  const claim = { bucket: place.bucket, keyPrefix: definition.keyPrefix };
  const own = list.value
    .filter((entry) => hasEnded(entry) && !rejected.has(entry.exportId) && isNewer(entry, complete))
    .filter((entry) => judge(entry, claim).kind === "ours")
    .sort((a, b) => Date.parse(b.started ?? "") - Date.parse(a.started ?? ""))[0];
  if (!own) return undefined;
  const candidate: Candidate = { kind: "candidate", from: "list", entry: own, list };
  if (!before.has(own.exportId)) return candidate;
  const data = { changedAt: (await services.fresh.dataset(inputs.dataset)).lastUpdated };
  return judge(own, { ...claim, data }).kind === "ours" ? candidate : undefined;
}

function isNewer({ exportId, started }: DomoExport, complete: ExportState | undefined): boolean {
  if (!complete || complete.startedAt === undefined) return exportId !== complete?.exportId;
  return (
    exportId !== complete.exportId && started !== undefined && Date.parse(started) >= Date.parse(complete.startedAt)
  );
}
