import { contentDigest } from "../args/digest";
import type { Exposure } from "./exposure";

/** What state knows of an acceptance: its reason, and what was open when it was given. */
export interface Acceptance {
  readonly acceptBucketAudience?: string;
  /** Ids of the exposures that the reason was given for. */
  readonly acceptedExposures?: readonly string[];
}

/**
 * The exposures that a reason is bound to, as `exposureId` names them; `undefined` when the reason is new or was changed, so
 * that it accepts what is found.
 */
export function acceptedBefore(
  previous: Acceptance | undefined,
  { acceptBucketAudience }: Pick<Acceptance, "acceptBucketAudience">,
): readonly string[] | undefined {
  return previous?.acceptBucketAudience === acceptBucketAudience ? previous?.acceptedExposures : undefined;
}

/** What identifies an exposure from run to run: its kind, and a digest of what opens the bucket, and of those let in. */
export function exposureId({ kind, evidence, principals = [] }: Exposure): string {
  return `${kind}:${contentDigest([canonical(parsed(evidence)), canonical(principals)])}`;
}

/** S3 returns the lists of a policy in any order, and a list of one as its only value. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => JSON.stringify(canonical(item))).sort();
    return items.length === 1 ? JSON.parse(items[0]!) : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, canonical(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function parsed(evidence: string): unknown {
  try {
    return JSON.parse(evidence);
  } catch {
    return evidence;
  }
}
