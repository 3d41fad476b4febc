import { hasEnded, type DomoExport } from "../domo/answers";
import type { DomoReply } from "../domo/request";
import { ForeignExportError, VerificationError } from "../errors";
import { newDataDrift } from "../find-drift";
import type { ExportState, RecordedExport } from "../state/export-state";
import type { Order, Plan } from "./order";
import { judge, type NamedObject } from "./provenance";
import { verifyExport } from "./verify";

/** Domo's list, and what this delivery knows of it. */
export interface EarlierSearch {
  list: DomoReply<DomoExport[]>;
  /** Ids that were listed when the delivery began: what came later is of today's data. */
  before: ReadonlySet<string>;
}

/**
 * The newest export of this very definition that no state knows yet, verified: one whose answer was lost, or whose run was
 * killed. `undefined` when there is none of today's data whose objects are all there. The export that state holds as
 * complete is not looked for: the caller wants a newer one.
 */
export async function reuseEarlier(
  order: Order,
  plan: Plan,
  { list, before }: EarlierSearch,
): Promise<RecordedExport | undefined> {
  const { report, previous } = order;
  const isComplete = previous?.exportStatus === "success" && previous.definition === plan.definition.digest;
  const own = list.value
    .filter((entry) => hasEnded(entry) && !(isComplete && !isNewer(entry, previous)))
    .filter((entry) => judge(entry, claimOf(plan)).kind === "ours")
    .sort((a, b) => Date.parse(b.started ?? "") - Date.parse(a.started ?? ""))[0];
  if (!own) return undefined;
  const data = before.has(own.exportId) ? await dataOf(order) : undefined;
  const verdict = judge(own, { ...claimOf(plan), data });
  if (verdict.kind !== "ours") return undefined;
  try {
    return await verifyEarlier(order, plan, { entry: own, objects: verdict.objects, list });
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    report.warn(`an earlier export of this definition can't be used: ${error.message}`);
    return undefined;
  }
}

/**
 * Takes the export that Domo returned instead of starting one, because it says that the data has not changed since. Throws
 * when it is another's, or when S3 does not confirm it: nothing was started.
 */
export async function takeReturned(
  order: Order,
  plan: Plan,
  { entry, list }: { entry: DomoExport; list: DomoReply<DomoExport[]> },
): Promise<RecordedExport> {
  const { inputs, report } = order;
  const fact =
    `Domo returned export ${entry.exportId}${entry.started ? ` of ${entry.started}` : ""} instead of running this one, ` +
    `because the data of dataset ${inputs.dataset} has not changed since`;
  const advice =
    "wait until the dataset has new data (or load it again), then run pulumi up; Domo has no way to force an export";
  const verdict = judge(entry, { ...claimOf(plan), data: await dataOf(order) });
  switch (verdict.kind) {
    case "failed":
      throw new ForeignExportError(`${fact}; it failed: ${verdict.why}`, { advice });
    case "foreign":
    case "unreadable":
      throw new ForeignExportError(`${fact}; it is not this definition's: ${verdict.why}`, { advice });
    case "ours":
    case "stale":
  }
  try {
    const delivered = await verifyEarlier(order, plan, { entry, objects: verdict.objects, list });
    if (verdict.kind === "ours") return delivered;
    report.warn(`${fact}; but ${verdict.why}: the file may lack the newest data`);
    return { ...delivered, drift: newDataDrift(inputs, { startedAt: entry.started, changedAt: verdict.changedAt }) };
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    throw new VerificationError(`${fact}, and that can't repair it: ${error.fact}`, { advice, cause: error });
  }
}

/** Verifies objects that were written before this delivery began. */
async function verifyEarlier(
  order: Order,
  plan: Plan,
  { entry, objects, list }: { entry: DomoExport; objects: NamedObject[]; list: DomoReply<DomoExport[]> },
): Promise<RecordedExport> {
  const { previous, report } = order;
  const recorded = previous?.exportId === entry.exportId ? previous.files : [];
  const delivered = await verifyExport(order, plan, {
    entry,
    objects,
    origin: "reused",
    written: { beforeEndOf: list },
    recorded,
  });
  report.info(`reused export ${entry.exportId}: it ran this very definition and its objects are in S3`);
  return delivered;
}

function isNewer({ exportId, started }: DomoExport, previous: ExportState): boolean {
  if (exportId === previous.exportId) return false;
  if (previous.startedAt === undefined) return true;
  return started !== undefined && Date.parse(started) >= Date.parse(previous.startedAt);
}

async function dataOf({ services, inputs }: Order): Promise<{ changedAt: string | undefined }> {
  return { changedAt: (await services.fresh.dataset(inputs.dataset)).lastUpdated };
}

function claimOf({ place, definition }: Plan) {
  return { bucket: place.bucket, keyPrefix: definition.keyPrefix };
}
