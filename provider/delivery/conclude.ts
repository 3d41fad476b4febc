import { ExportFailedError, ForeignExportError, VerificationError } from "../errors";
import { bucketNow } from "../audience/check";
import { policiesNow } from "../audience/policies-digest";
import { exposureDrift, newDataDrift, policiesDrift } from "../find-drift";
import type { Drift } from "../state/export-state";
import { unfinished } from "./attempt";
import { compareCounts } from "./compare-counts";
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
    const delivered = { ...verified, counts: await compareCounts(order, plan, { candidate, delivered: verified }) };
    if (candidate.from !== "posted")
      report.info(`reused export ${entry.exportId}: it ran this very definition and its objects are in S3`);
    if (candidate.from === "posted")
      return { kind: "delivered", export: { ...delivered, drift: await driftSince(order, plan) } };
    if (verdict.kind !== "stale") return { kind: "delivered", export: delivered };
    report.warn(`${returned(order, candidate)}; but ${verdict.why}: the file may lack the newest data`);
    const drift = newDataDrift(inputs, { startedAt: entry.started, changedAt: verdict.changedAt });
    return { kind: "delivered", export: { ...delivered, drift } };
  } catch (error) {
    return withoutDelivery(order, plan, { candidate, verdict, error: error as Error });
  }
}

/** What changed while the export ran: too late to refuse it, so it is said loudly and recorded. */
async function driftSince({ services, report, inputs }: Order, plan: Plan): Promise<Drift[]> {
  const { place, acceptedExposures, pdp } = plan;
  const [bucket, policies] = await Promise.all([
    bucketNow(services, { inputs, place, accepted: acceptedExposures }),
    policiesNow(services, inputs.dataset).catch((error: Error) => {
      report.warn(`the row policies can't be read after the export: ${error.message}`);
      return undefined;
    }),
  ]);
  if (bucket.kind === "unclear")
    report.warn(`whether the bucket was opened while the export ran is not known: ${bucket.message}`);
  const exposures = bucket.kind === "open" ? bucket.exposures : [];
  const drift = [
    ...exposureDrift(place.bucket, exposures),
    ...policiesDrift({ dataset: inputs.dataset, pdp }, policies),
  ];
  for (const { kind, subject, actual } of drift)
    report.warn(
      `while the export ran, something changed that would have kept it from starting: ${kind} "${subject}": ${actual}`,
    );
  return drift;
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

interface Failure {
  candidate: Candidate;
  verdict: Verdict;
  error: Error;
}

function withoutDelivery(order: Order, plan: Plan, { candidate, verdict, error }: Failure): Delivery | AnotherRound {
  const { entry } = candidate;
  switch (candidate.from) {
    case "posted":
      if (verdict.kind === "foreign")
        return {
          kind: "another round",
          why: `Domo's answer named another export: ${verdict.why}`,
          posted: candidate.posted,
        };
      if (verdict.kind === "failed") return unfinished(plan, { stage: "failed", entry }, error);
      return unfinished(
        plan,
        { stage: "unverified", entry, objects: "objects" in verdict ? verdict.objects : [] },
        error,
      );
    case "list":
      if (!(error instanceof VerificationError)) throw error;
      order.report.warn(`an earlier export of this definition can't be used: ${error.message}`);
      return { kind: "another round", why: "an earlier export can't be used", rejected: entry.exportId };
    case "returned":
      throw notRepaired(order, { candidate, verdict, error });
  }
}

function notRepaired(order: Order, { candidate, verdict, error }: Failure): Error {
  const fact = returned(order, candidate);
  const advice =
    "wait until the dataset has new data (or load it again), then run pulumi up; Domo has no way to force an export";
  switch (verdict.kind) {
    case "failed":
      return new ForeignExportError(`${fact}; it failed: ${verdict.why}`, { advice });
    case "foreign":
    case "unreadable":
      return new ForeignExportError(`${fact}; it is not this definition's: ${verdict.why}`, { advice });
    case "ours":
    case "stale":
      if (!(error instanceof VerificationError)) return error;
      return new VerificationError(`${fact}, and that can't repair it: ${error.fact}`, { advice, cause: error });
  }
}

function returned({ inputs }: Order, { entry }: Candidate): string {
  return (
    `Domo returned export ${entry.exportId}${entry.started ? ` of ${entry.started}` : ""} instead of running this one, ` +
    `because the data of dataset ${inputs.dataset} has not changed since`
  );
}
