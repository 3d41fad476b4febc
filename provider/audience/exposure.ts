/** Who is let in by a bucket, beyond the own accounts. */
export type ExposureKind =
  "everyone" | "account" | "organization" | "network" | "service" | "website" | "owner" | "unclear";

/** One way by which somebody outside of the own accounts gets at the objects of a bucket. */
export interface Exposure {
  readonly kind: ExposureKind;
  /** The statement or grant that opens the bucket, as S3 returned it. */
  readonly evidence: string;
  /** Those of the statement's principals that are not the own accounts'. */
  readonly principals?: readonly string[];
  /** What is open, and by what. */
  readonly fact: string;
  /** How to close it. */
  readonly advice: string;
}

/** What a rule has to know in addition to the setting that it judges. */
export interface AudienceContext {
  readonly bucket: string;
  /** Accounts whose members may see the data. */
  readonly ownAccounts: readonly string[];
  /** Where the export writes; statements about other keys alone are left out. The whole bucket when absent. */
  readonly prefix?: string;
}

/** How the user goes on when an exposure is meant. */
const ACCEPT = 'or give the reason for this audience as acceptBucketAudience: "…"';

/** What is open, as the first part of a message. */
export function exposedFact(exposures: readonly Exposure[]): string {
  return exposures.map(({ fact }) => fact).join("; ");
}

/** What to do about exposures, as the second part of a message. A bucket of a foreign owner can't be accepted. */
export function exposedAdvice(exposures: readonly Exposure[], accept = ACCEPT): string {
  const advice = [...new Set(exposures.map((exposure) => exposure.advice))].join("; ");
  return exposures.some(({ kind }) => kind === "owner") ? advice : `${advice}, ${accept}`;
}
