import { hasEnded, type DomoExport } from "../domo/answers";
import type { ExportState } from "../state/export-state";
import type { Candidate, Order, Plan, Posted, Slot } from "./order";
import { judge, type Claim } from "./provenance";

/**
 * The newest export of this very definition and of today's data that no state knows yet: one whose answer was lost, or
 * whose run was killed. The export that state holds as complete is not looked for: the caller wants a newer one. Before
 * that, whatever a POST of this delivery may have started.
 */
export async function earlierExport(
  { services, inputs, previous }: Order,
  { place, definition }: Plan,
  { list, before, counted, rejected, posted }: Slot,
): Promise<Candidate | undefined> {
  const claim = { bucket: place.bucket, keyPrefix: definition.keyPrefix };
  const answered = posted && list.value.find((entry) => isAnswer(entry, posted, claim));
  if (answered) return { kind: "candidate", from: "posted", entry: answered, counted: posted.counted, posted };
  const complete =
    previous?.exportStatus === "success" && previous.definition === definition.digest ? previous : undefined;
  const own = list.value
    .filter((entry) => !rejected.has(entry.exportId) && isNewer(entry, complete))
    .filter((entry) => judge(entry, claim).kind === "ours")
    .sort((a, b) => Date.parse(b.started ?? "") - Date.parse(a.started ?? ""))[0];
  if (!own) return undefined;
  const candidate: Candidate = { kind: "candidate", from: "list", entry: own, counted, list };
  if (!before.has(own.exportId)) return candidate;
  const data = { changedAt: (await services.fresh.dataset(inputs.dataset)).dataUpdated };
  return judge(own, { ...claim, data }).kind === "ours" ? candidate : undefined;
}

/** Whether an export that appeared after a POST may be what that POST has started: then it is not asked for again. */
function isAnswer(entry: DomoExport, { before, postedAt }: Posted, claim: Claim): boolean {
  return hasEnded(entry) && !before.has(entry.exportId) && judge(entry, { ...claim, postedAt }).kind !== "foreign";
}

function isNewer({ exportId, started }: DomoExport, complete: ExportState | undefined): boolean {
  if (!complete || complete.startedAt === undefined) return exportId !== complete?.exportId;
  return (
    exportId !== complete.exportId && started !== undefined && Date.parse(started) >= Date.parse(complete.startedAt)
  );
}
