import { createHash } from "node:crypto";
import type { ExportedFile, ExportRecord } from "./export-record";
import type { RuntimeOptions } from "./options";

/** Marks the temporary URLs' signatures, so that a test can look for them where no secret may be. */
export const signatureMark = "EMULATOR-SECRET-SIGNATURE";

/** An export as Domo tells it: no path, query, region, user or dataset. */
export function exportAnswer(record: ExportRecord, options: RuntimeOptions): Record<string, unknown> {
  const { exportId, order, status, errorCode, message, startedAt, finishedAt, files } = record;
  const counts = (url: (file: ExportedFile) => string) =>
    Object.fromEntries(files.map((file) => [url(file), file.rows]));
  return {
    exportId,
    exportStatus: options.statusWords[status] ?? status,
    exportFormat: "csv",
    compression: options.compression,
    bucket: order.bucket,
    started: timeAnswer(startedAt, options.timeFormat),
    finished: finishedAt === null ? null : timeAnswer(finishedAt, options.timeFormat),
    errorCode,
    message,
    urlRowCountMap: counts(({ key }) => fileUrl(record, key, options.urlForm)),
    tempUrlRowCountMap: counts(({ key }) => temporaryUrl(record, key)),
    ...record.answerFields,
  };
}

/** A time in one of the forms that callers have to read. */
function timeAnswer(ms: number, format: RuntimeOptions["timeFormat"]): string | number {
  switch (format) {
    case "iso":
      return new Date(ms).toISOString();
    case "epoch":
      return ms;
    case "epoch-text":
      return String(ms);
  }
}

function fileUrl({ order: { bucket, region } }: ExportRecord, key: string, form: RuntimeOptions["urlForm"]): string {
  switch (form) {
    case "s3":
      return `s3://${bucket}/${key}`;
    case "virtual":
      return `https://${bucket}.s3.${region}.amazonaws.com/${urlPath(key)}`;
    case "path":
      return `https://s3.${region}.amazonaws.com/${bucket}/${urlPath(key)}`;
    case "key":
      return key;
  }
}

function temporaryUrl(record: ExportRecord, key: string): string {
  const signature = createHash("sha256").update(`${record.exportId}/${key}`).digest("hex");
  return `${fileUrl(record, key, "virtual")}?X-Amz-Expires=3600&X-Amz-Signature=${signatureMark}-${signature}`;
}

function urlPath(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
