import type { S3Place, StoredObject } from "../aws/clients";
import { commonFolder } from "../aws/object-url";
import type { DomoExport } from "../domo/answers";
import type { DomoReply } from "../domo/request";
import { VerificationError } from "../errors";
import { unlessAborted } from "../host/abort";
import { type ExportedFile, type ExportOrigin, type RecordedExport } from "../state/export-state";
import { countRows } from "./count-rows";
import { recordOf } from "./attempt";
import type { Order, Plan } from "./order";
import type { NamedObject } from "./provenance";

/** When the objects must have been written. */
export type Written =
  /** Not before this time, in milliseconds by S3's clock. */
  | { notBefore: number }
  /** Before the export's end as this list shows it: Domo's clock and S3's differ, so the end is "this long before". */
  | { beforeEndOf: DomoReply<DomoExport[]> };

/** What is to be verified. */
export interface Verification {
  entry: DomoExport;
  /** The objects that Domo names, at their places. */
  objects: NamedObject[];
  origin: ExportOrigin;
  written: Written;
}

/** S3 keeps `LastModified` in whole seconds and sets it at the start of a multipart upload. */
const SECOND = 1000;
/**
 * What may pass between the end that Domo reports and the last byte. An object that is replaced within this minute, before
 * state has recorded it, has a time like the export's own.
 */
const END_TOLERANCE_MS = 60_000;

/**
 * Proves that what Domo reports as delivered is in S3: every named object exists, with bytes, written when it must have been,
 * no other object lies in the export's own folder, and, on request, each has as many rows as Domo counted.
 *
 * @returns what state records of the delivered export.
 */
export async function verifyExport(order: Order, plan: Plan, what: Verification): Promise<RecordedExport> {
  const { services, report, inputs, previous } = order;
  const { entry, objects, origin } = what;
  const recorded = previous?.exportId === entry.exportId ? previous.files : [];
  report.progress("verifying the objects in S3");
  const fail = (fact: string, advice?: string): VerificationError =>
    new VerificationError(`Export ${entry.exportId}: ${fact}`, { advice });
  if ("beforeEndOf" in what.written && entry.finished === undefined && inputs.verify !== "rows") {
    throw fail(
      'Domo does not say when it ended, so only verify: "rows" would notice an object that was replaced since then',
      'set verify: "rows"',
    );
  }
  const { folder, isOwn } = folderOf(objects, entry.exportId);
  const listing = await services.aws.list(plan.place, folder);
  const bounds = boundsOf(what, listing.s3Time);
  const stored = new Map(listing.objects.map((object) => [object.key, object]));
  const found = objects.map(({ key, rows }): ExportedFile => {
    const url = `s3://${plan.place.bucket}/${key}`;
    const object = stored.get(key);
    const before = recorded.find((file) => file.key === key);
    const fault = objectFault(object, bounds) ?? (before && before.etag !== object?.etag ? REPLACED : undefined);
    if (fault) throw fail(`"${url}" ${fault.fact}`, fault.advice);
    return { url, key, rows, bytes: object?.bytes ?? 0, etag: object?.etag ?? "" };
  });
  const named = new Set(objects.map(({ key }) => key));
  const unnamed = isOwn && listing.objects.find(({ key, bytes }) => !named.has(key) && bytes > 0);
  if (unnamed) {
    throw fail(
      `"s3://${plan.place.bucket}/${unnamed.key}" lies next to its files, but Domo does not name it`,
      "the export may have more rows than Domo reports: compare them, then run pulumi up again once the data has changed",
    );
  }
  const { exportId } = entry;
  const files =
    inputs.verify === "rows" ? await verifyRows(order, { place: plan.place, exportId, files: found }) : found;
  const rowCount = files.reduce((sum, { rows }) => sum + rows, 0);
  return recordOf(plan, { exportStatus: "success", origin, rowCount, files }, entry);
}

/** Reads every object and counts its rows, in constant memory. Returns the files with the digest of what was read. */
export async function verifyRows(
  { services, signal }: Pick<Order, "services" | "signal">,
  { place, exportId, files }: { place: S3Place; exportId?: string; files: readonly ExportedFile[] },
): Promise<ExportedFile[]> {
  const read: ExportedFile[] = [];
  for (const file of files) {
    const { key, url, rows } = file;
    const counting = countRows(await services.aws.read(place, key));
    const counted = await unlessAborted(counting, signal).catch((error: unknown) => {
      if (!(error instanceof VerificationError)) throw error;
      throw new VerificationError(`Export ${exportId}: "${url}": ${error.fact}`, {
        advice: error.advice,
        cause: error,
      });
    });
    if (counted.rows !== rows) {
      throw new VerificationError(`Export ${exportId}: "${url}" has ${counted.rows} rows, Domo reports ${rows}`, {
        advice: "the file is not complete; run pulumi up again once the data has changed, and tell Domo's support",
      });
    }
    read.push({ ...file, sha256: counted.sha256 });
  }
  return read;
}

interface Fault {
  fact: string;
  advice?: string;
}

const REPLACED: Fault = { fact: "was replaced since it was recorded" };

function objectFault(
  object: StoredObject | undefined,
  { notBefore, notAfter }: { notBefore: number; notAfter: number },
): Fault | undefined {
  if (!object)
    return {
      fact: "is not in S3, although Domo reports success",
      advice: "check who deletes objects there, then run pulumi up again",
    };
  const { bytes, lastModified } = object;
  if (bytes === 0)
    return { fact: "is empty (0 bytes), although even an empty result has a header", advice: "run pulumi up again" };
  if (lastModified < notBefore)
    return {
      fact: `was written at ${iso(lastModified)}, before the export was asked for at ${iso(notBefore + SECOND)}`,
    };
  if (lastModified > notAfter)
    return { fact: `was written at ${iso(lastModified)}, after the export had ended: something else has replaced it` };
  return undefined;
}

function boundsOf({ entry, written }: Verification, s3Time: number): { notBefore: number; notAfter: number } {
  if ("notBefore" in written) return { notBefore: written.notBefore - SECOND, notAfter: Infinity };
  if (entry.finished === undefined) return { notBefore: -Infinity, notAfter: Infinity };
  const endedAgoMs = written.beforeEndOf.domoTime - Date.parse(entry.finished);
  return { notBefore: -Infinity, notAfter: s3Time - endedAgoMs + END_TOLERANCE_MS };
}

/** The folder to list, and whether it is this export's alone. */
function folderOf(objects: readonly NamedObject[], exportId: string): { folder: string; isOwn: boolean } {
  const keys = objects.map(({ key }) => key);
  const end = `/${exportId}/`;
  const own = keys[0]?.slice(0, keys[0].indexOf(end) + end.length) ?? "";
  const isOwn = own.endsWith(end) && keys.every((key) => key.startsWith(own));
  return { folder: isOwn ? own : commonFolder(keys), isOwn };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
