import { recheckBucket } from "../audience/check";
import { policiesNow } from "../audience/policies-digest";
import { hasEnded, type DomoExport } from "../domo/answers";
import { waitForEnd } from "../domo/wait-for-end";
import { CancelledError, ExportTimeoutError, LostAnswerError, UnwatchedExportError } from "../errors";
import { unfinished } from "./attempt";
import type { AnotherRound, Candidate, Delivery, Order, Plan, Slot } from "./order";
import { exportingRow } from "./row";
import { startExport } from "./start-export";
import { writeCredentials } from "./write-credentials";

/** Asks Domo for the export and waits for its end. What it answered with may still be another's. */
export async function post(order: Order, plan: Plan, slot: Slot): Promise<Candidate | Delivery | AnotherRound> {
  const { services, report, inputs } = order;
  const { counted } = slot;
  report.progress("starting the export");
  const { credentials, s3Time } = await writeCredentials(order, plan, slot.deadline);
  await recheckBucket(services, { inputs, place: plan.place, accepted: plan.acceptedExposures });
  if ((await policiesNow(services, inputs.dataset)) !== plan.pdp?.digest)
    return { kind: "another round", why: `the row policies of dataset ${inputs.dataset} have just changed` };
  await order.stillWanted();
  const outcome = await startExport(order, plan, { credentials, list: slot.list });
  switch (outcome.kind) {
    case "refused":
      throw outcome.error;
    case "busy":
      return { kind: "another round", why: `the slot of dataset ${inputs.dataset} was taken by another export` };
    case "lost":
      return unfinished(plan, { stage: "may have started" }, lostAnswer(outcome));
    case "returned": {
      const data = { changedAt: (await services.fresh.dataset(inputs.dataset)).dataUpdated };
      return { kind: "candidate", from: "returned", entry: outcome.entry, counted, list: slot.list, data };
    }
    case "started":
      try {
        const entry = await ended(order, { entry: outcome.entry, deadline: slot.deadline });
        const before = new Set(slot.list.value.map(({ exportId }) => exportId));
        const posted = { postedAt: outcome.postedAt, s3Time, before, counted };
        return { kind: "candidate", from: "posted", entry, counted, posted };
      } catch (cause) {
        return unfinished(plan, { stage: "running", entry: outcome.entry }, unwatched(outcome.entry, cause as Error));
      }
  }
}

async function ended(
  { services, report, inputs, signal }: Order,
  { entry, deadline }: { entry: DomoExport; deadline: number },
): Promise<DomoExport> {
  if (hasEnded(entry)) return entry;
  const { ended } = await waitForEnd({
    clock: services.clock,
    poll: async () => (await services.domo.pollExports(inputs.dataset, signal)).value,
    exportId: entry.exportId,
    deadline,
    listed: (await services.domo.listExports(inputs.dataset, signal)).value,
    onPoll: (seen) => report.progress(exportingRow(seen)),
    advice:
      "the export goes on at Domo and the next pulumi up looks for it; raise timeoutSeconds if it always takes this long",
    signal,
  });
  return ended;
}

/** Says that the export goes on, where what ended the wait does not say it itself. */
function unwatched({ exportId }: DomoExport, cause: Error): Error {
  if (cause instanceof ExportTimeoutError || cause instanceof CancelledError) return cause;
  return new UnwatchedExportError(`Export ${exportId} is running at Domo, and asking for it failed: ${cause.message}`, {
    advice: "put this right, then run pulumi up: it takes the export over",
    cause,
  });
}

function lostAnswer({ error, listError }: { error: Error; listError?: Error }): LostAnswerError {
  const list = listError ? `can't be read either (${listError.message})` : "shows no new export";
  return new LostAnswerError(`${error.message}; Domo's list ${list}, but one may still have been started`, {
    advice: "run pulumi up again: it looks for it before it starts another",
    cause: error,
  });
}
