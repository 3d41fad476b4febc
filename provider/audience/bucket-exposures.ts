import { type BucketGrant, grantExposures } from "./acl-grants";
import type { AudienceContext, Exposure } from "./exposure";
import { policyExposures } from "./policy-statements";

/** The four switches of a bucket's public access block. */
export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** Default encryption of a bucket. */
export interface BucketEncryption {
  /** `AES256`, `aws:kms` or `aws:kms:dsse`. */
  readonly algorithm: string;
  readonly kmsKeyId?: string;
}

/** The settings of a bucket that decide who gets at its objects, as far as they could be read. */
export interface BucketFacts {
  /** The account that was expected to own the bucket and does not; nothing else is read of such a bucket. */
  readonly notOwnedBy?: string;
  /** `undefined` when the bucket has none. The account's own block is not read: it could only close more. */
  readonly publicAccessBlock?: PublicAccessBlock;
  /** S3's own verdict on the policy. */
  readonly policyIsPublic?: boolean;
  /** Text of the bucket policy. */
  readonly policy?: string;
  readonly grants: readonly BucketGrant[];
  /** Canonical user id of the owner. */
  readonly ownerId?: string;
  /** `BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`. */
  readonly ownership?: string;
  readonly website: boolean;
  readonly encryption?: BucketEncryption;
}

/** Every way by which somebody outside of the own accounts gets at the objects. Empty means: nobody does. */
export function bucketExposures(facts: BucketFacts, context: AudienceContext): Exposure[] {
  if (facts.notOwnedBy !== undefined) return [foreignOwner(context.bucket, facts.notOwnedBy)];
  const { grants, ownerId, ownership } = facts;
  const ignorePublicAcls = facts.publicAccessBlock?.ignorePublicAcls ?? false;
  return [
    ...effectivePolicyExposures(facts, context),
    ...grantExposures({ grants, ownerId, ownership, ignorePublicAcls }, context),
    ...websiteExposures(facts, context),
  ];
}

function foreignOwner(bucket: string, expectedOwner: string): Exposure {
  return {
    kind: "owner",
    evidence: `ExpectedBucketOwner ${expectedOwner}`,
    fact: `bucket "${bucket}" does not belong to account ${expectedOwner}`,
    advice: "correct bucket, or set expectedBucketOwner to the account that owns it",
  };
}

/**
 * A restricted bucket with a public policy admits only its own account and services:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 * With a policy that S3 does not call public, the switch changes nothing.
 */
function effectivePolicyExposures(facts: BucketFacts, context: AudienceContext): Exposure[] {
  const { policy, policyIsPublic = false, ownerId } = facts;
  const exposures = policy === undefined ? [] : policyExposures(policy, context, ownerId);
  if (!policyIsPublic) return exposures;
  if (facts.publicAccessBlock?.restrictPublicBuckets)
    return exposures.filter(({ kind }) => kind === "service" || kind === "unclear");
  const ofAnyKey = policy === undefined ? [] : policyExposures(policy, { ...context, prefix: undefined }, ownerId);
  if (ofAnyKey.some(({ kind }) => kind === "everyone" || kind === "unclear")) return exposures;
  const unexplained: Exposure = {
    kind: "everyone",
    evidence: policy ?? "policy status",
    fact: `bucket "${context.bucket}" is open to everyone: S3 calls its policy public`,
    advice: "switch on RestrictPublicBuckets of its public access block",
  };
  return [...exposures, unexplained];
}

/** A website is served to the anonymous, so it shows nothing while both kinds of public access are shut. */
function websiteExposures({ website, publicAccessBlock: block }: BucketFacts, { bucket }: AudienceContext): Exposure[] {
  if (!website || (block?.ignorePublicAcls && block.restrictPublicBuckets)) return [];
  return [
    {
      kind: "website",
      evidence: "website configuration",
      fact: `bucket "${bucket}" is set up as a website`,
      advice: "remove its website configuration, switch on its public access block",
    },
  ];
}
