import { ExportFailedError, ForeignExportError, VerificationError } from "../errors";
import { newDataDrift } from "../find-drift";
import { lookAfter } from "./after-export";
import { compareCounts } from "./compare-counts";
import { notDelivered, returned } from "./not-delivered";
import type { AnotherRound, Candidate, Delivery, Order, Plan } from "./order";
import { judge, type Verdict } from "./provenance";
import { verifyExport } from "./verify";

/** Judges an ended export, verifies it where it is ours, and says what becomes of it where it is not. */
export async function conclude(order: Order, plan: Plan, candidate: Candidate): Promise<Delivery | AnotherRound> {
  const { inputs, report } = order;
  const { entry } = candidate;
  const verdict = judge(entry, {
    bucket: plan.place.bucket,
    keyPrefix: plan.definition.keyPrefix,
    data: candidate.from === "returned" ? candidate.data : undefined,
    postedAt: candidate.from === "posted" ? candidate.posted.postedAt : undefined,
  });
  try {
    const verified = await verifyExport(order, plan, {
      entry,
      objects: objectsOf(entry.exportId, verdict),
      origin: candidate.from === "posted" ? "created" : "reused",
      written: candidate.from === "posted" ? { notBefore: candidate.posted.s3Time } : { beforeEndOf: candidate.list },
    });
    const { moment, drift } = await lookAfter(order, plan);
    const counts = compareCounts(order, plan, { candidate, delivered: verified, after: moment });
    if (candidate.from !== "posted")
      report.info(`reused export ${entry.exportId}: it ran this very definition and its objects are in S3`);
    if (verdict.kind === "stale") {
      report.warn(`${returned(order, entry)}; but ${verdict.why}: the file may lack the newest data`);
      drift.push(...newDataDrift(inputs, { startedAt: entry.started, changedAt: verdict.changedAt }));
    }
    return { kind: "delivered", export: { ...verified, counts, drift } };
  } catch (error) {
    return notDelivered(order, plan, { candidate, verdict, error: error as Error });
  }
}

/** The objects of an export that is ours; throws for any other verdict. */
function objectsOf(exportId: string, verdict: Verdict) {
  switch (verdict.kind) {
    case "ours":
    case "stale":
      return verdict.objects;
    case "foreign":
      throw new ForeignExportError(`Export ${exportId} is another's: ${verdict.why}`);
    case "failed":
      throw new ExportFailedError(`Export ${exportId} failed at Domo: ${verdict.why}`, {
        advice: "fix this, then run pulumi up again",
      });
    case "unreadable":
      throw new VerificationError(`Export ${exportId} ended with success, but ${verdict.why}`, {
        advice: "run pulumi up again; if it stays, look for a newer version of pulumi-domo-s3-export",
      });
  }
}
