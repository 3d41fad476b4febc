import type { DomoExport } from "../domo/answers";
import { counted } from "./row-bounds";
import type { RecordedExport } from "../state/export-state";

/**
 * What stands in the resource's row while the operation runs. At 120 columns the row has room for {@link ROW_LENGTH}
 * characters; CI logs get a line for each change of the words, so nothing here counts seconds.
 */
export const ROW_LENGTH = 45;

/** Where Domo stands with an export. `usualMs`: how long the dataset's exports usually take, where that is known. */
export function exportingRow({ status, usualMs }: { status: string; usualMs?: number }): string {
  switch (status) {
    case "none":
      return "Domo has queued it";
    case "exporting":
      return usualMs === undefined ? "Domo is exporting" : `Domo is exporting, usually ${duration(usualMs)}`;
    case "absent":
      return "Domo does not list it yet";
    default:
      return fitted("Domo's word for it is ", status, "");
  }
}

/**
 * An export that state does not know has the dataset's only slot, for `forMs` so far. One that writes to the bucket of this
 * resource is not said to be somebody else's: an interrupted run may have started it.
 */
export function busyRow(
  { exportId, bucket }: Pick<DomoExport, "exportId" | "bucket">,
  own: { bucket: string; forMs: number },
): string {
  const what = bucket === own.bucket ? "dataset busy" : "dataset busy elsewhere";
  const since = [...STEPS_MS].reverse().find((step) => own.forMs >= step);
  return `${what}${since === undefined ? "" : ` for ${duration(since)}`} (${exportId.slice(0, 8)})`;
}

/** The resource's own export, of an earlier run, has not ended. */
export function earlierRow(exportId: string): string {
  return `Domo still runs its export (${exportId.slice(0, 8)})`;
}

/** Another export of this `up` comes first; `others` more come before this one too. */
export function queueRow(first: string, others: number): string {
  return fitted("waits for ", first, `${others > 0 ? ` and ${others} more` : ""} (same dataset)`);
}

/** What was asked for did not come to an export of ours, and is asked for again. */
export function startsAgainRow(attempt: number, most: number): string {
  return `starts again (attempt ${attempt} of ${most})`;
}

/** What was delivered: `1,896 rows, 14 KB, 1 file`. */
export function deliveredRow({ rowCount = 0, files }: Pick<RecordedExport, "rowCount" | "files">): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${counted(rowCount, "row")}, ${size(bytes)}, ${counted(files.length, "file")}`;
}

/** Steps at which the words of a wait change. */
const STEPS_MS = [10, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200, 14_400, 28_800].map((seconds) => seconds * 1000);

/** The text with as much of `name` as fits into the row. */
function fitted(before: string, name: string, after: string): string {
  const room = ROW_LENGTH - before.length - after.length;
  return `${before}${name.length > room ? `${name.slice(0, room - 1)}…` : name}${after}`;
}

/** A length of time in its largest unit, from a second up: `20 s`, `3 min`, `2 h`. */
function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

function size(bytes: number): string {
  if (bytes < 1000) return counted(bytes, "byte");
  let amount = bytes;
  for (const unit of ["KB", "MB", "GB"]) {
    amount /= 1000;
    if (amount < 999.5) return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
  }
  return `${(amount / 1000).toFixed(1)} TB`;
}
