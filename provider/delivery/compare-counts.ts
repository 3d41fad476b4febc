import { policiesNow } from "../audience/policies-digest";
import { DomoExportError, VerificationError } from "../errors";
import type { RecordedExport, RowCounts } from "../state/export-state";
import type { Candidate, Order, Plan } from "./order";
import { outOfBounds, rowsText } from "./row-bounds";
import { disagreement, leavesNoneOut, type Legs } from "./row-counts";

/**
 * Holds what was delivered against the count from before: a difference is a failure while data and row policies are the
 * same. Where they are not, or nobody can say so, it is recorded with the reason.
 */
export async function compareCounts(
  order: Order,
  plan: Plan,
  { candidate, delivered }: { candidate: Candidate; delivered: RecordedExport },
): Promise<RowCounts> {
  const { inputs, report, services } = order;
  const { counted } = candidate;
  const legs = deliveredRows(order, delivered);
  if (!counted) return { ...legs, comparable: false, reason: 'countRows is "off"' };
  const { count, facts } = counted;
  if (count.rows !== undefined) legs.query = count.rows;
  if (plan.pdp?.enabled === false && leavesNoneOut(inputs.query)) legs.dataset = facts.rowCount ?? undefined;
  if (count.rows === undefined && legs.dataset === undefined)
    return { ...legs, comparable: false, reason: count.reason };
  const different = disagreement(legs);
  // Only where it decides, the row policies are asked for anew.
  if (different !== undefined) services.read.policies.forget(inputs.dataset);
  const reason = await whyNotComparable(order, candidate);
  if (reason === undefined) {
    if (different === undefined)
      return { ...legs, comparable: true, ...(count.rows === undefined && { reason: count.reason }) };
    throw new VerificationError(`Export ${delivered.exportId}: ${different}, and the data has not changed`, {
      advice:
        "the files may lack rows; run pulumi up again once the data has changed, and send this to Domo's support; " +
        'countRows: "off" accepts what Domo reports',
    });
  }
  const why = `the rows of the export can't be compared: ${reason}`;
  if (different === undefined) report.info(why);
  else report.warn(`${why}; ${different}`);
  return { ...legs, comparable: false, reason };
}

/** Rows of a verified export that were counted anyway. What can't be right, whatever the data, is refused. */
export function deliveredRows(
  { inputs }: Order,
  { exportId, rowCount = 0 }: Pick<RecordedExport, "exportId" | "rowCount">,
): Legs {
  const { limit } = inputs.query;
  const fault =
    limit !== undefined && rowCount > limit
      ? { fact: `${rowsText(rowCount)}, more than the query's LIMIT ${limit}`, advice: "it is not this query's file" }
      : outOfBounds(rowCount, inputs.expectRows);
  if (fault) throw new VerificationError(`Export ${exportId} has ${fault.fact}`, fault);
  return { domo: rowCount, ...(inputs.verify === "rows" && { objects: rowCount }) };
}

/** Why the count from before is none of what was delivered; the rest of a sentence. */
async function whyNotComparable(
  { services, inputs }: Order,
  { counted, from, entry }: Candidate,
): Promise<string | undefined> {
  const before = counted?.facts.dataUpdated;
  if (before === undefined) return "Domo does not say when the data last changed";
  if (counted?.policies === undefined) return "Domo does not show the row policies";
  try {
    const after = (await services.fresh.dataset(inputs.dataset)).dataUpdated;
    if (after !== before)
      return `the data changed meanwhile (it was of ${before}, now of ${after ?? "an unknown time"})`;
    const isOlder = entry.started === undefined || Date.parse(entry.started) < Date.parse(after);
    if (from !== "posted" && isOlder) return "the export may be of older data";
    if ((await policiesNow(services, inputs.dataset)) === counted.policies) return undefined;
    return "the row policies changed meanwhile";
  } catch (error) {
    if (!(error instanceof DomoExportError)) throw error;
    return `Domo can't be asked whether the data has changed: ${error.message}`;
  }
}
