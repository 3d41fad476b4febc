import type { DomoExport } from "../domo/answers";
import type { DomoReply } from "../domo/request";
import { ForeignExportError, VerificationError } from "../errors";
import { whyForeign } from "./provenance";
import type { Preflight } from "./preflight";
import type { Reporter } from "../host/reporter";
import type { ExportInputs } from "../args/schema";
import type { Services } from "../services";
import {
  withoutUndefined,
  type DeliveredExport,
  type ExportOrigin,
  type ExportState,
  type ExportStatus,
} from "../state/export-state";
import { verifyDelivery, type WriteWindow } from "./verify";

/** One delivery: what is wanted, and what state knows so far. */
export interface Delivery {
  services: Services;
  report: Reporter;
  inputs: ExportInputs;
  /** The state before, complete or not; absent in `create`. */
  previous?: ExportState;
  /**
   * Told what is known of an export that may be running or done because of this delivery: from the moment the POST may
   * have reached Domo, and `undefined` again once it is certain that it started nothing.
   */
  onPosted: (known: DeliveredExport | undefined) => void;
  /** Fails when nobody waits for the delivery any more; asked right before the POST. */
  stillWanted: () => Promise<void>;
  signal?: AbortSignal;
}

/** A delivery whose turn has come. */
export interface Turn extends Delivery, Preflight {
  /** Milliseconds of the clock at which the resource's own time limit ends. */
  deadline: number;
}

/** Verifies an export that has succeeded at Domo, and returns what it delivered. */
export async function settle(
  turn: Turn,
  entry: DomoExport,
  { origin, window }: { origin: ExportOrigin; window: WriteWindow },
) {
  turn.report.progress("verifying the objects in S3");
  turn.onPosted(known(turn, { status: "unverified", entry }));
  const files = await verifyDelivery(turn.services.aws, {
    place: turn.place,
    entry,
    window,
    depth: turn.inputs.verify,
  });
  if (origin === "reused")
    turn.report.info(`reused export ${entry.exportId}: it ran this very definition and its objects are in S3`);
  return withoutUndefined<DeliveredExport>({
    ...known(turn, { status: "success", entry }),
    origin,
    rowCount: files.reduce((sum, { rows }) => sum + rows, 0),
    pdp: turn.pdp,
    files,
  });
}

/** Verifies an earlier export of this definition; `undefined` when its objects are not all there any more. */
export async function settleOwn(
  turn: Turn,
  entry: DomoExport,
  reply: DomoReply<DomoExport[]>,
): Promise<DeliveredExport | undefined> {
  try {
    return await settle(turn, entry, { origin: "reused", window: writtenInTime(entry, reply) });
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    turn.report.warn(`an earlier export of this definition can't be used: ${error.message}`);
    turn.onPosted(undefined);
    return undefined;
  }
}

/** Domo handed back an export from before the POST: its own data has not changed since. */
export async function takeBack(
  turn: Turn,
  entry: DomoExport,
  reply: DomoReply<DomoExport[]>,
): Promise<DeliveredExport> {
  const { inputs, definition, previous } = turn;
  const story = `Domo handed back export ${entry.exportId}${entry.started ? ` of ${entry.started}` : ""} instead of running this one, because the data of dataset ${inputs.dataset} has not changed since`;
  const help =
    "wait until the dataset has new data (or load it again), then run pulumi up; Domo has no way to force an export";
  const why = entry.status === "error" ? `it failed: ${fault(entry)}` : whyForeign(entry, inputs.bucket, definition);
  if (why) throw new ForeignExportError(`${story}; it is not this definition's: ${why} — ${help}`, entry.exportId);
  try {
    const delivered = await settle(turn, entry, { origin: "reused", window: writtenInTime(entry, reply) });
    const changed = entry.exportId === previous?.exportId && changedFile(previous, delivered);
    if (changed)
      throw new VerificationError(`Export ${entry.exportId}: "${changed}" was replaced since it was recorded`);
    return delivered;
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    turn.onPosted(undefined);
    throw new VerificationError(`${story}, and that can't repair it: ${error.message.split(" — ")[0]} — ${help}`, {
      cause: error,
    });
  }
}

/** What is known of an export before its objects are verified. */
export function known(
  { definition, place }: Turn,
  { status, entry }: { status: ExportStatus; entry?: DomoExport },
): DeliveredExport {
  return withoutUndefined<DeliveredExport>({
    exportId: entry?.exportId,
    exportStatus: status,
    definition: definition.digest,
    keyPrefix: definition.keyPrefix,
    region: place.region,
    startedAt: entry?.started,
    finishedAt: entry?.finished,
    files: [],
    drift: [],
  });
}

/** Domo's clock and S3's differ, so the end of the export is told as "this long before the list was answered". */
function writtenInTime({ finished }: DomoExport, { domoTime }: DomoReply<DomoExport[]>): WriteWindow {
  return finished === undefined ? {} : { endedAgoMs: domoTime - Date.parse(finished) };
}

function changedFile(previous: ExportState, { files }: DeliveredExport): string | undefined {
  return files.find(({ key, etag }) => previous.files.some((old) => old.key === key && old.etag !== etag))?.url;
}

/** Domo's reason for a failed export. */
export function fault({ errorCode, message }: DomoExport): string {
  return [errorCode, message].filter(Boolean).join(": ") || "Domo gives no reason";
}
