import type { Aws, S3Place, StoredObject } from "../aws/clients";
import { countRows } from "./count-rows";
import type { DomoExport } from "../domo/answers";
import { VerificationError } from "../errors";
import { reportedFiles, type ReportedFile } from "./provenance";
import type { ExportedFile } from "../state/export-state";

/** When the objects must have been written. */
export interface WriteWindow {
  /** Not before this time, in milliseconds by S3's clock. */
  notBefore?: number;
  /** Not after the export's end, which is this many milliseconds ago (Domo's clock and S3's may differ). */
  endedAgoMs?: number;
}

/** What one verification needs. */
export interface VerifyOptions {
  place: S3Place;
  entry: DomoExport;
  window: WriteWindow;
  /** `rows` also reads every object and counts its rows. */
  depth: "objects" | "rows";
}

/** S3 keeps `LastModified` in whole seconds and sets it at the start of a multipart upload. */
const SECOND = 1000;
/** What may pass between the last byte and the end that Domo reports. */
const END_TOLERANCE_MS = 60_000;

/**
 * Proves that what Domo reports as delivered is in S3: every URL is an object in the bucket, with bytes, written in the
 * window, and, on request, with as many rows as Domo counted. Returns the objects as state records them.
 */
export async function verifyDelivery(
  aws: Aws,
  { place, entry, window, depth }: VerifyOptions,
): Promise<ExportedFile[]> {
  const files = locate(entry, place.bucket);
  const { objects, s3Time } = await aws.list(place, commonFolder(files.map(({ key }) => key)));
  const bounds = {
    notBefore: window.notBefore,
    notAfter: window.endedAgoMs === undefined ? undefined : s3Time - window.endedAgoMs + END_TOLERANCE_MS,
  };
  const stored = new Map(objects.map((object) => [object.key, object]));
  const verified = files.map((file) => verifyObject(file, stored.get(file.key), bounds, entry.exportId));
  if (depth === "rows") await verifyRows(aws, place, { exportId: entry.exportId, files: verified });
  return verified;
}

/** Reads every object and counts its rows, in constant memory. */
export async function verifyRows(
  aws: Aws,
  place: S3Place,
  { exportId, files }: { exportId?: string; files: ExportedFile[] },
): Promise<void> {
  for (const file of files) {
    const counted = await countRows(await aws.read(place, file.key));
    if (counted !== file.rows) {
      throw new VerificationError(
        `Export ${exportId}: "${file.url}" has ${counted} rows, Domo reports ${file.rows} — ` +
          "the file is not complete; run again once the dataset has changed, and tell Domo's support",
      );
    }
  }
}

function locate(entry: DomoExport, bucket: string): ReportedFile[] {
  const reported = reportedFiles(entry, bucket);
  if (reported.length === 0) {
    throw new VerificationError(
      `Export ${entry.exportId} ended with success, but Domo names no file — even an empty result has one; run again`,
    );
  }
  return reported.map(({ url, file }) => {
    if (!file || file.bucket !== bucket) {
      throw new VerificationError(
        `Export ${entry.exportId}: Domo names "${url}", in which no object of bucket "${bucket}" can be read — ` +
          "look for a newer version of pulumi-domo-s3-export",
      );
    }
    return file;
  });
}

function verifyObject(
  file: ReportedFile,
  object: StoredObject | undefined,
  bounds: { notBefore?: number; notAfter?: number },
  exportId: string,
): ExportedFile {
  const url = `s3://${file.bucket}/${file.key}`;
  const fault = (what: string): VerificationError => new VerificationError(`Export ${exportId}: "${url}" ${what}`);
  if (!object)
    throw fault("is not in S3, although Domo reports success — check who deletes objects there, then run again");
  if (object.bytes === 0) throw fault("is empty (0 bytes), although even an empty result has a header — run again");
  if (bounds.notBefore !== undefined && object.lastModified < bounds.notBefore - SECOND) {
    throw fault(
      `was written at ${iso(object.lastModified)}, before the export was asked for at ${iso(bounds.notBefore)}`,
    );
  }
  if (bounds.notAfter !== undefined && object.lastModified > bounds.notAfter) {
    throw fault(
      `was written at ${iso(object.lastModified)}, after the export had ended: something else has replaced it`,
    );
  }
  return { url, key: file.key, rows: file.rows, bytes: object.bytes, etag: object.etag };
}

/** The longest prefix up to a slash that all keys share: one listing covers them all. */
export function commonFolder(keys: string[]): string {
  const [first = "", ...others] = keys;
  let folder = first.slice(0, first.lastIndexOf("/") + 1);
  for (const key of others) {
    while (!key.startsWith(folder)) folder = folder.slice(0, folder.lastIndexOf("/", folder.length - 2) + 1);
  }
  return folder;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
