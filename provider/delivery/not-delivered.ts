import type { DomoExport } from "../domo/answers";
import { ForeignExportError, VerificationError } from "../errors";
import { unfinished } from "./attempt";
import type { AnotherRound, Candidate, Delivery, Order, Plan } from "./order";
import type { Verdict } from "./provenance";

interface Failure {
  candidate: Candidate;
  verdict: Verdict;
  error: Error;
}

/** What becomes of an ended export that is not what was ordered, by where it was found. */
export function notDelivered(
  order: Order,
  plan: Plan,
  { candidate, verdict, error }: Failure,
): Delivery | AnotherRound {
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
  const fact = returned(order, candidate.entry);
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

/** That Domo did not run what was asked; the beginning of a sentence. */
export function returned({ inputs }: Order, entry: DomoExport): string {
  return (
    `Domo returned export ${entry.exportId}${entry.started ? ` of ${entry.started}` : ""} instead of running this one, ` +
    `because the data of dataset ${inputs.dataset} has not changed since`
  );
}
