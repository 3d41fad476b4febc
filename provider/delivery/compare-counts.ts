import { VerificationError } from "../errors";
import type { RecordedExport, RowCounts } from "../state/export-state";
import type { Candidate, Order, Plan } from "./order";
import { outOfBounds, rowsText } from "./row-bounds";
import { judgeCounts, leavesNoneOut, type Legs, type Moment } from "./row-counts";

/**
 * Holds what was delivered against the count from before: a difference is a failure while data and row policies are the
 * same. Where they are not, or nobody can say so, it is recorded with the reason.
 */
export function compareCounts(
  order: Order,
  { pdp }: Plan,
  { candidate, delivered, after }: { candidate: Candidate; delivered: RecordedExport; after: Moment | string },
): RowCounts {
  const { inputs, report } = order;
  const { counted, entry, from } = candidate;
  const legs = deliveredRows(order, delivered);
  if (!counted) return { ...legs, comparable: false, reason: 'countRows is "off"' };
  const { count, facts, policies } = counted;
  if (count.rows !== undefined) legs.query = count.rows;
  if (pdp?.enabled === false && leavesNoneOut(inputs.query)) legs.dataset = facts.rowCount ?? undefined;
  if (count.rows === undefined && legs.dataset === undefined)
    return { ...legs, comparable: false, reason: count.reason };
  const verdict = judgeCounts(legs, {
    before: { data: facts.dataUpdated, policies },
    after,
    earlier: from === "posted" ? undefined : { started: entry.started },
  });
  switch (verdict.kind) {
    case "agree":
      return { ...legs, comparable: true, ...(count.rows === undefined && { reason: count.reason }) };
    case "different":
      throw new VerificationError(`Export ${entry.exportId}: ${verdict.who}, and the data has not changed`, {
        advice:
          "the files may lack rows: run pulumi up again once the data has changed, and send this to Domo's support; " +
          'countRows: "off" accepts what Domo reports',
      });
    case "incomparable": {
      const { reason, who } = verdict;
      const why = `the rows of the export can't be compared: ${reason}`;
      if (who === undefined) report.info(why);
      else report.warn(`${why}; ${who}`);
      return { ...legs, comparable: false, reason };
    }
  }
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
