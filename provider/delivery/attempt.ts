import { checkAudience } from "../audience/check";
import { hasEnded, type DomoExport } from "../domo/answers";
import type { DomoReply } from "../domo/request";
import { waitForEnd } from "../domo/wait-for-end";
import { ExportFailedError, LostAnswerError, VerificationError } from "../errors";
import type { RecordedExport } from "../state/export-state";
import { takeReturned } from "./earlier-export";
import { recordOf, type Delivery, type Order, type Plan } from "./order";
import { judge, type NamedObject } from "./provenance";
import { startExport, type Started } from "./start-export";
import { verifyExport } from "./verify";
import { waiting } from "./waiting";
import { writeCredentials } from "./write-credentials";

/** What an attempt starts from. */
export interface Slot {
  list: DomoReply<DomoExport[]>;
  /** Milliseconds of the clock at which the resource's own time limit ends. */
  deadline: number;
}

/** The slot was another's: nothing of ours was started, or what was is found in the next round. */
export interface AnotherRound {
  kind: "another round";
  why: string;
}

/**
 * Where an attempt stands, from the moment at which the POST may have reached Domo. Before, nothing was started and the
 * attempt throws.
 */
type Stage =
  | { name: "may have started" }
  | { name: "running"; entry: DomoExport }
  | { name: "failed"; entry: DomoExport }
  | { name: "unverified"; entry: DomoExport; objects: NamedObject[] };

/** Starts one export, follows it to its end, and verifies it. What is recorded of it when something fails is decided here. */
export async function attempt(order: Order, plan: Plan, slot: Slot): Promise<Delivery | AnotherRound> {
  const { services, report, inputs } = order;
  report.progress("starting the export");
  const { credentials, s3Time } = await writeCredentials(order, plan, slot.deadline);
  const pdp = await checkAudience(services, report, { inputs, place: plan.place });
  if (pdp?.digest !== plan.pdp?.digest) return { kind: "another round", why: "the row policies have changed" };
  await order.stillWanted();
  const outcome = await startExport(order, plan, { credentials, list: slot.list });
  switch (outcome.kind) {
    case "refused":
      throw outcome.error;
    case "busy":
      return { kind: "another round", why: `the slot of dataset ${inputs.dataset} was taken by another export` };
    case "returned":
      return { kind: "delivered", export: await takeReturned(order, plan, { entry: outcome.entry, list: slot.list }) };
    case "lost":
      return unfinished(plan, { name: "may have started" }, lostAnswer(outcome));
    case "started":
      return follow(order, plan, { started: outcome, deadline: slot.deadline, s3Time });
  }
}

/** Follows the export that the POST answered with. It may turn out to be another's. */
async function follow(
  order: Order,
  plan: Plan,
  { started, deadline, s3Time }: { started: Started; deadline: number; s3Time: number },
): Promise<Delivery | AnotherRound> {
  let stage: Stage = { name: "running", entry: started.entry };
  try {
    const entry = await ended(order, plan, { entry: started.entry, deadline });
    stage = { name: "unverified", entry, objects: [] };
    const verdict = judge(entry, {
      bucket: plan.place.bucket,
      keyPrefix: plan.definition.keyPrefix,
      postedAt: started.postedAt,
    });
    switch (verdict.kind) {
      case "foreign":
        return { kind: "another round", why: `Domo's answer named another export: ${verdict.why}` };
      case "failed":
        stage = { name: "failed", entry };
        throw new ExportFailedError(`Export ${entry.exportId} failed at Domo: ${verdict.why}`, {
          advice: "fix this, then run pulumi up again",
        });
      case "unreadable":
        throw new VerificationError(`Export ${entry.exportId} ended with success, but ${verdict.why}`, {
          advice: "run pulumi up again; if it stays, look for a newer version of pulumi-domo-s3-export",
        });
      case "ours":
      case "stale":
        stage = { name: "unverified", entry, objects: verdict.objects };
        return {
          kind: "delivered",
          export: await verifyExport(order, plan, {
            entry,
            objects: verdict.objects,
            origin: "created",
            written: { notBefore: s3Time },
          }),
        };
    }
  } catch (cause) {
    return unfinished(plan, stage, cause as Error);
  }
}

async function ended(
  order: Order,
  { datasetRows }: Plan,
  { entry, deadline }: { entry: DomoExport; deadline: number },
): Promise<DomoExport> {
  if (hasEnded(entry)) return entry;
  const { services, report, inputs, signal } = order;
  const listed = (await services.domo.listExports(inputs.dataset, signal)).value;
  const { ended } = await waitForEnd({
    ...waiting(order, { entry, listed, deadline, datasetRows }),
    onLook: ({ status, looks, elapsedMs }) =>
      report.progress(`${status}, ${Math.round(elapsedMs / 1000)} s, ${looks} looks`),
    wayOut:
      "the export goes on at Domo and the next pulumi up looks for it; raise timeoutSeconds if it always takes this long",
  });
  return ended;
}

function unfinished(plan: Plan, stage: Stage, cause: Error): Delivery {
  return { kind: "unfinished", recorded: recordAt(plan, stage), cause };
}

function recordAt(plan: Plan, stage: Stage): RecordedExport {
  switch (stage.name) {
    case "may have started":
      return recordOf(plan, "unknown");
    case "running":
      return recordOf(plan, "exporting", stage.entry);
    case "failed":
      return recordOf(plan, "error", stage.entry);
    case "unverified":
      return {
        ...recordOf(plan, "unverified", stage.entry),
        ...(stage.objects.length > 0 && { unverifiedKeys: stage.objects.map(({ key }) => key) }),
      };
  }
}

function lostAnswer({ error, listError }: { error: Error; listError?: Error }): LostAnswerError {
  const list = listError ? `can't be read either (${listError.message})` : "shows no new export";
  return new LostAnswerError(`${error.message}; Domo's list ${list}, but one may still have been started`, {
    advice: "run pulumi up again: it looks for it before it starts another",
    cause: error,
  });
}
