import type { ExportInputs } from "../args/schema";

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
}

/** What happened to the kind of thing that `subject` names since the export was recorded. */
export type DriftKind =
  "object-missing" | "object-changed" | "status-changed" | "new-data" | "column-gone" | "bucket-gone" | "bucket-moved";

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
   * Absent where neither tells.
   */
  since?: string;
}

/**
 * Where an export stands. The first four are Domo's words; `unknown` = the POST's answer was lost and Domo's list does
 * not tell; `unverified` = Domo says success, but the objects in S3 do not bear it out.
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
}

/** What is known of an export after `create` or `update`. */
export interface DeliveredExport {
  exportId?: string;
  exportStatus: ExportStatus;
  origin?: ExportOrigin;
  /** Digest of all that decides the file's content and place; also the last component of `keyPrefix`. */
  definition: string;
  /** Prefix of the keys this definition's exports write to, without a trailing slash. */
  keyPrefix: string;
  /** Region of the bucket, as the bucket itself told. */
  region: string;
  /** Present when `region` was not given as an argument. */
  regionFromBucket?: true;
  /** Keys of earlier exports' objects that are still to be removed (only with `deleteObjects`). */
  superseded?: string[];
  /** ISO 8601, by Domo's clock. */
  startedAt?: string;
  /** ISO 8601, by Domo's clock. */
  finishedAt?: string;
  rowCount?: number;
  /** Absent when Domo does not show the policies. */
  pdp?: RowPolicies;
  files: ExportedFile[];
  drift: Drift[];
}

/** The outputs in state: the resolved inputs and what was delivered. Plain JSON without `undefined`. */
export type ExportState = ExportInputs & DeliveredExport;

/** Removes members that are `undefined`, which the engine's wire format refuses. */
export function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
