/** What an export writes, and how far Domo's word of it is true. Read when an export writes; each lies independently of the others. */
export interface FileOptions {
  /** Rows per file; 0 writes one file. */
  readonly partRows: number;
  readonly compression: "gzip" | "none";
  /** Whether files are encrypted with the request's KMS key. */
  readonly kmsKey: "used" | "ignored";
  /** Where files lie: `<path>/<exportId>/export/`, `<path>/<exportId>/` or, the same place for all exports, `<path>/`. */
  readonly layout: "id-export" | "id" | "flat";
  /** Rows left out at the start of each file though `urlRowCountMap` counts them. */
  readonly missingRows: number;
  /** Rows left out at the start of each file that `urlRowCountMap` does not count either: an export that lost them early. */
  readonly lostRows: number;
  /** By how much the row count of an export's first file in `urlRowCountMap` is above the truth; may go below zero. */
  readonly wordRows: number;
  /** Files at the end that are written, but that no URL names. */
  readonly unnamedFiles: number;
  /** Files at the start that are named, but never written. */
  readonly missingFiles: number;
  /** Bytes left out at the end of each file: a gzip that breaks off. */
  readonly truncatedBytes: number;
}

/** Files of which nothing else was said. */
export const defaultFileOptions: FileOptions = {
  partRows: 0,
  compression: "gzip",
  kmsKey: "used",
  layout: "id-export",
  missingRows: 0,
  lostRows: 0,
  wordRows: 0,
  unnamedFiles: 0,
  missingFiles: 0,
  truncatedBytes: 0,
};
