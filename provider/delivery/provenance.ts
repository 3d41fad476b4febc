import type { Definition } from "../args/identity";
import { isTerminal, type DomoExport } from "../domo/answers";
import { isBelow, parseObjectUrl, type ObjectLocation } from "../aws/object-url";
import type { ExportState } from "../state/export-state";

/** An object that Domo says it wrote. */
export interface ReportedFile extends ObjectLocation {
  rows: number;
}

/** Where Domo says the export's objects are; an entry whose URL can't be read has no location. */
export function reportedFiles(entry: DomoExport, bucket: string): { url: string; file?: ReportedFile }[] {
  return Object.entries(entry.urlRowCountMap).map(([url, rows]) => {
    const location = parseObjectUrl(url, bucket);
    return { url: url.replace(/[?#].*$/s, ""), file: location && { ...location, rows } };
  });
}

/** Why a finished export is not one of this definition, in words; `undefined` when it is. */
export function whyForeign(entry: DomoExport, bucket: string, { keyPrefix }: Definition): string | undefined {
  if (entry.bucket !== undefined && entry.bucket !== bucket) return `its bucket is "${entry.bucket}", not "${bucket}"`;
  const outside = reportedFiles(entry, bucket).find(({ file }) => !file || !isBelow(file, bucket, keyPrefix));
  return outside && `it wrote "${outside.url}", which is not below "s3://${bucket}/${keyPrefix}/"`;
}

/**
 * The export that occupies the dataset's only slot, if any. One of somebody else that has ended, in whatever word, does
 * not; the unfinished one that state records is waited for until its word is known.
 */
export function activeExport(listed: DomoExport[], previous?: ExportState): DomoExport | undefined {
  const own = previous?.exportStatus === "success" ? undefined : previous?.exportId;
  return listed.find(
    ({ exportId, status, finished }) => !isTerminal(status) && (finished === undefined || exportId === own),
  );
}

/** What decides whether a finished export in Domo's list can be taken instead of starting one. */
export interface OwnSearch {
  bucket: string;
  definition: Definition;
  previous?: ExportState;
}

/**
 * The newest finished export of this very definition that no state knows yet: one whose answer was lost, or whose run
 * was killed. Whether it holds today's data is for the caller to ask. The export that `previous` holds as complete is not looked for: the caller wants a newer one.
 */
export function findOwn(listed: DomoExport[], { bucket, definition, previous }: OwnSearch): DomoExport | undefined {
  const complete = previous?.exportStatus === "success" && previous.definition === definition.digest;
  const after = complete ? previous.startedAt : undefined;
  return listed
    .filter(
      (entry) =>
        entry.status === "success" &&
        Object.keys(entry.urlRowCountMap).length > 0 &&
        whyForeign(entry, bucket, definition) === undefined &&
        !(complete && entry.exportId === previous.exportId) &&
        !isBefore(entry.started, after),
    )
    .sort((a, b) => Date.parse(b.started ?? "") - Date.parse(a.started ?? ""))[0];
}

function isBefore(time: string | undefined, limit: string | undefined): boolean {
  return limit !== undefined && (time === undefined || Date.parse(time) < Date.parse(limit));
}
