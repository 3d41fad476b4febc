import type { ExportInputs } from "../args/schema";
import type { S3Place } from "../aws/clients";

/** One object that an export wrote. */
export interface ExportedFile {
  /** URL of the object as `s3://bucket/key`. */
  url: string;
  /** Key within the bucket. */
  key: string;
  /** Data rows in the file as Domo counts them (the header is not one). */
  rows: number;
  /** Size of the object in bytes, as stored (compressed). */
  bytes: number;
  /** Entity tag that S3 gave the object, without quotes. */
  etag: string;
  /** SHA-256 of the object as stored, hexadecimal; only where `verify: "rows"` has read it. */
  sha256?: string;
}

/** The manifest in S3. */
export interface ManifestObject {
  /** Key within the bucket. */
  key: string;
  /** Entity tag that S3 gave it, without quotes; absent until it has been written. */
  etag?: string;
  /** Id of the export that it describes. */
  exportId?: string;
}

/** Kinds of drift. */
export const driftKinds = [
  "object-missing",
  "object-changed",
  "policies-changed",
  "new-data",
  "column-gone",
  "dataset-gone",
  "bucket-gone",
  "bucket-moved",
  "bucket-exposed",
  "manifest-missing",
  "manifest-replaced",
] as const;

/** What happened to the kind of thing that `subject` names since the export was recorded. */
export type DriftKind = (typeof driftKinds)[number];

/** One difference between what the state says and what is there. */
export interface Drift {
  /** What happened. */
  kind: DriftKind;
  /** What drifted: an object's key, a column's name, the bucket, or the export's id. */
  subject: string;
  /** What the state says. */
  expected: string;
  /** What was found. */
  actual: string;
  /**
   * Since when, ISO 8601: when the object was last written (S3's clock), or when the data last changed (Domo's clock).
   * Absent where neither says.
   */
  since?: string;
}

/**
 * Where an export stands. The first four are Domo's words; `unknown` = the POST's answer was lost and Domo's list does
 * not show an export of ours; `unverified` = Domo says success, but S3 does not confirm it.
 */
export type ExportStatus = "none" | "exporting" | "success" | "error" | "unknown" | "unverified";

/** How the recorded export came about: started by this resource, found again as its own, or taken over by `adopt`. */
export type ExportOrigin = "created" | "reused" | "adopted";

/** Row policies (PDP) of the dataset as they applied to the token's user. */
export interface RowPolicies {
  /** Whether the dataset restricts rows for anybody. */
  enabled: boolean;
  /** Names of the policies that name the user. */
  policies: readonly string[];
  /** Digest of the policies that apply to the user: what decides which rows the export has. */
  digest: string;
}

/** How many rows the export has, by everyone who counted them. */
export interface RowCounts {
  /** Rows of the query, by a count that Domo was asked for before the export; absent when it did not answer. */
  query?: number;
  /** Rows of all files, as Domo reports them of the export. */
  domo: number;
  /** Rows of the objects, as they were read (`verify: "rows"`). */
  objects?: number;
  /** Rows of the dataset, where the query leaves none out and no row policies apply. */
  dataset?: number;
  /** Whether data and row policies were the same for all counts, so that a difference would have been a failure. */
  comparable: boolean;
  /** Why they are not comparable, or why the query was not counted. */
  reason?: string;
}

/** What is recorded of an export by `create` and `update`. */
export interface RecordedExport {
  exportId?: string;
  exportStatus: ExportStatus;
  origin?: ExportOrigin;
  /** Digest of all that decides the file's content and place; also the last component of `keyPrefix`, but for `adopt`. */
  definition: string;
  /** Prefix of the keys this definition's exports write to, without a trailing slash. */
  keyPrefix: string;
  /** Region of the bucket, as the bucket itself says. */
  bucketRegion: string;
  /** ISO 8601, by Domo's clock. */
  startedAt?: string;
  /** ISO 8601, by Domo's clock. */
  finishedAt?: string;
  rowCount?: number;
  /** Absent before an export was verified. */
  counts?: RowCounts;
  /** Absent when Domo does not show the policies. */
  pdp?: RowPolicies;
  files: ExportedFile[];
  /** Absent when there is no manifest. It may still be that of an earlier export. */
  manifestObject?: ManifestObject;
  /** Keys that Domo names and S3 has not confirmed. */
  unverifiedKeys?: string[];
  /** Keys of earlier exports' objects that are still to be removed (only with `deleteObjects`). */
  superseded?: string[];
  /** Digests of the bucket's exposures that `acceptBucketAudience` accepted. */
  acceptedExposures?: readonly string[];
  drift: Drift[];
}

/** The outputs in state: the inputs and what was recorded. Plain JSON without `undefined`. */
export type ExportState = ExportInputs & RecordedExport;

/** The bucket that an export lies in. */
export function placeOf({ bucket, bucketRegion }: Pick<ExportState, "bucket" | "bucketRegion">): S3Place {
  return { bucket, region: bucketRegion };
}

/** Keys of the recorded export's objects. */
export function exportKeys({ files, unverifiedKeys = [] }: RecordedExport): string[] {
  return [...files.map(({ key }) => key), ...unverifiedKeys];
}

/** Keys of all objects that state knows of. */
export function recordedKeys(state: RecordedExport): string[] {
  return [...exportKeys(state), ...(state.superseded ?? [])];
}

/** Removes members that are `undefined`, which the engine's wire format refuses. */
export function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
