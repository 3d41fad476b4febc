import { recheckBucket } from "../audience/check";
import { policiesNow } from "../audience/policies-digest";
import { unfinished } from "./attempt";
import { awaitEnd } from "./await-end";
import type { AnotherRound, Candidate, Delivery, Order, Plan, Slot } from "./order";
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
      return {
        kind: "another round",
        why: `the slot of dataset ${inputs.dataset} was taken by another export`,
        isBusy: true,
      };
    case "lost":
      return unfinished(plan, { stage: "may have started" }, outcome.error);
    case "returned": {
      const data = { changedAt: (await services.fresh.dataset(inputs.dataset)).dataUpdated };
      return { kind: "candidate", from: "returned", entry: outcome.entry, counted, list: slot.list, data };
    }
    case "started":
      try {
        const entry = await awaitEnd(order, outcome.entry, slot.deadline);
        const before = new Set(slot.list.value.map(({ exportId }) => exportId));
        const posted = { postedAt: outcome.postedAt, s3Time, before, counted };
        return { kind: "candidate", from: "posted", entry, counted, posted };
      } catch (cause) {
        return unfinished(plan, { stage: "running", entry: outcome.entry }, cause as Error);
      }
  }
}
