import { hasEnded, type DomoExport } from "../domo/answers";
import type { DomoReply } from "../domo/request";
import { waitForEnd } from "../domo/wait-for-end";
import { ExportTimeoutError } from "../errors";
import { adviceOnOwn, type Order } from "./order";
import { busyRow, earlierRow } from "./row";

/** An entry that has been running for longer than this never ends: exports take minutes, and sessions an hour at most. */
const STUCK_MS = 24 * 60 * 60 * 1000;

/** How long to wait, in milliseconds of the clock. */
export interface SlotLimits {
  start: number;
  /** When the time limit is over. An own export of an earlier run is waited for until then. */
  deadline: number;
  /** Whether Domo itself is asked whether the slot is free: a stranger's export has half the time limit until then. */
  asksDomo: boolean;
}

/**
 * Waits until no export of the dataset is running, no matter who started it, and returns the list that shows it. An entry
 * that has not ended when its time is over is left to Domo, where it may be asked; otherwise that is an `ExportTimeoutError`.
 */
export async function freeSlot(
  { services, report, inputs, previous, signal, limitedBy = "timeoutSeconds" }: Order,
  { start, deadline, asksDomo }: SlotLimits,
): Promise<DomoReply<DomoExport[]>> {
  for (;;) {
    const reply = await services.domo.listExports(inputs.dataset, signal);
    const active = activeExport(reply, previous?.exportStatus === "success" ? undefined : previous?.exportId);
    if (!active) return reply;
    const isOwn = active.exportId === previous?.exportId;
    const until = asksDomo && !isOwn ? (start + deadline) / 2 : deadline;
    if (asksDomo && services.clock.now() >= until) return reply;
    const alreadyMs = active.started === undefined ? 0 : Math.max(0, reply.domoTime - Date.parse(active.started));
    try {
      await waitForEnd({
        clock: services.clock,
        poll: async () => (await services.domo.pollExports(inputs.dataset, signal)).value,
        exportId: active.exportId,
        since: start,
        deadline: until,
        listed: reply.value,
        signal,
        alreadyMs,
        onPoll: ({ elapsedMs }) =>
          report.progress(
            isOwn
              ? earlierRow(active.exportId)
              : busyRow(active, { bucket: inputs.bucket, forMs: alreadyMs + elapsedMs }),
          ),
        advice: isOwn
          ? adviceOnOwn(limitedBy)
          : "it holds the dataset's only slot, so nothing was started; if an interrupted run of yours has started it, " +
            `pulumi up takes it over once it has ended; run again later, or raise ${limitedBy}`,
      });
    } catch (error) {
      if (!(error instanceof ExportTimeoutError) || !asksDomo) throw error;
    }
    // Time has passed: what was ours and has ended is only taken over from a bucket that is closed now.
    services.read.forgetBucketSettings(inputs.bucket);
  }
}

/**
 * The export that occupies the dataset's only slot, if any. A stranger's whose end has a time does not, nor one that never
 * ends; the export `own` is waited for until its word is final.
 */
export function activeExport({ value, domoTime }: DomoReply<DomoExport[]>, own?: string): DomoExport | undefined {
  return value.find((entry) => {
    const { exportId, status, started, finished } = entry;
    if (status === "" || hasEnded(entry) || (finished !== undefined && exportId !== own)) return false;
    return started === undefined || domoTime - Date.parse(started) < STUCK_MS;
  });
}
