/** Whom a bucket lets in, and what to do about it. */
export type OpeningKind =
  "everyone" | "account" | "organization" | "network" | "service" | "website" | "owner" | "unclear";

/** One way by which somebody outside of the own accounts gets at the objects of a bucket. */
export interface Opening {
  readonly kind: OpeningKind;
  /** The statement or grant that opens the bucket, as S3 returned it. */
  readonly evidence: string;
  /** A sentence for the user, with the way out. */
  readonly message: string;
}

/** What a rule has to know beside the setting that it judges. */
export interface AudienceContext {
  readonly bucket: string;
  readonly partition: string;
  /** Accounts whose members may see the data. */
  readonly ownAccounts: readonly string[];
  /** Where the export writes; statements about other keys alone are left out. The whole bucket when absent. */
  readonly prefix?: string;
}

/** How the user goes on when the opening is meant. */
export const ACCEPT = 'or give the reason for this audience as acceptBucketAudience: "…"';
