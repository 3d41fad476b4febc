import { exposureId } from "./acceptance";
import { exposedAdvice, exposedFact, type Exposure } from "./exposure";
import type { BucketSettings, UnreadableSetting } from "./read-bucket";

/** What a look at a bucket found. */
export interface AudienceFindings {
  readonly bucket: string;
  readonly exposures: readonly Exposure[];
  readonly unreadable: readonly UnreadableSetting[];
}

/** What the arguments, and an earlier acceptance in state, allow. */
export interface AudienceTerms {
  /** The reason for which exposures are accepted. */
  readonly acceptBucketAudience?: string;
  /** What may be done with settings that the caller can't read. */
  readonly preflight: "strict" | "warn";
  /** What the reason is bound to; absent when it accepts what is found. */
  readonly accepted?: readonly string[];
}

/** Why something is refused, and what to do: the two parts of a message. */
export interface Refusal {
  readonly fact: string;
  readonly advice: string;
}

/** Whether the export may go on: refused with a reason, or allowed with what has to be said and recorded. */
export type Verdict =
  | ({ readonly kind: "refused" } & Refusal)
  | {
      readonly kind: "allowed";
      readonly warnings: readonly string[];
      /** What the reason is bound to from now on; absent without a reason. */
      readonly accepted?: readonly string[];
    };

/** Judges what was found. An acceptance covers what was open when its reason was given, and never a foreign owner. */
export function judgeAudience(findings: AudienceFindings, terms: AudienceTerms): Verdict {
  const { exposures, unreadable, bucket } = findings;
  const { acceptBucketAudience, preflight } = terms;
  const accepted = acceptBucketAudience === undefined ? undefined : (terms.accepted ?? exposures.map(exposureId));
  const open = notAccepted(exposures, accepted ?? []);
  if (open.length > 0) {
    const renew =
      "or accept this too by changing the text of acceptBucketAudience, which was given before this was open";
    return { kind: "refused", fact: exposedFact(open), advice: exposedAdvice(open, accepted && renew) };
  }
  const warnings = exposures.length === 0 ? [] : [`accepted by acceptBucketAudience: ${exposedFact(exposures)}`];
  const unchecked = uncheckedText(bucket, unreadable);
  if (unchecked === undefined) return { kind: "allowed", warnings, accepted };
  if (preflight === "strict") {
    const advice = 'grant the actions, or set preflight: "warn" to go on without this check';
    return { kind: "refused", fact: unchecked, advice };
  }
  return { kind: "allowed", warnings: [...warnings, `${unchecked}; going on because preflight is "warn"`], accepted };
}

/** The exposures that an acceptance does not cover. */
export function notAccepted(exposures: readonly Exposure[], accepted: readonly string[]): Exposure[] {
  return exposures.filter((exposure) => exposure.kind === "owner" || !accepted.includes(exposureId(exposure)));
}

/** That settings could not be read, and which; `undefined` when all of them could. */
export function uncheckedText(bucket: string, unreadable: readonly UnreadableSetting[]): string | undefined {
  if (unreadable.length === 0) return undefined;
  const missing = unreadable.map(({ setting, action }) => `${action} (${setting})`).join(", ");
  return `the audience of bucket "${bucket}" can't be checked: the caller lacks ${missing}`;
}

/** Why rows that others may not see can't be written to this bucket; `undefined` when they can, or nobody can tell. */
export function encryptionProblem(
  bucket: string,
  { encryption, unreadable }: Pick<BucketSettings, "encryption" | "unreadable">,
  { rowPolicies, kmsKeyId }: { rowPolicies: boolean; kmsKeyId?: string },
): Refusal | undefined {
  if (!rowPolicies || encryption !== undefined || kmsKeyId !== undefined) return undefined;
  if (unreadable.some(({ setting }) => setting === "default encryption")) return undefined;
  return {
    fact: `bucket "${bucket}" has no default encryption, which a dataset with row policies needs`,
    advice: "set the bucket's server-side encryption, or give kmsKeyId",
  };
}
