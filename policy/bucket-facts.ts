import type { BucketFacts, PublicAccessBlock } from "../provider/bucket-audience";
import type { BucketGrant } from "../provider/bucket-grants";
import type { AudienceContext } from "../provider/bucket-opening";
import { policyOpenings } from "../provider/bucket-statements";
import { UNKNOWN } from "../provider/unknown";
import { knownObject, knownText } from "./plain";
import type { ResourceView } from "./rule";
import { partsOf, type StackView } from "./stack-view";

const GROUPS = "http://acs.amazonaws.com/groups/global";

/** What the canned ACLs grant to others: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */
const CANNED: Readonly<Record<string, readonly BucketGrant[]>> = {
  "public-read": [{ grantee: `${GROUPS}/AllUsers`, permission: "READ" }],
  "public-read-write": [
    { grantee: `${GROUPS}/AllUsers`, permission: "READ" },
    { grantee: `${GROUPS}/AllUsers`, permission: "WRITE" },
  ],
  "authenticated-read": [{ grantee: `${GROUPS}/AuthenticatedUsers`, permission: "READ" }],
};

/**
 * The settings of a bucket as its stack declares them, in the form in which the provider reads them from S3. What a preview
 * does not know yet is left out, as if it opened nothing: `up` judges it.
 */
export function bucketFacts(view: StackView, bucket: ResourceView, context: AudienceContext): BucketFacts {
  const part = (type: string) => partsOf(view, bucket, type)[0];
  const policy = policyText(part("BucketPolicy")?.props.policy ?? bucket.props.policy);
  const acl = part("BucketAcl")?.props ?? { acl: bucket.props.acl };
  const controls = knownObject([part("BucketOwnershipControls")?.props.rule].flat()[0]);
  return {
    publicAccessBlock: block(part("BucketPublicAccessBlock")),
    policy,
    // S3 is asked only once the bucket is there; it calls public what lets in everyone.
    policyIsPublic:
      policy !== undefined &&
      policyOpenings(policy, { ...context, prefix: undefined }, undefined).some(({ kind }) => kind === "everyone"),
    grants: [...(CANNED[knownText(acl.acl) ?? ""] ?? []), ...listedGrants(acl.accessControlPolicy)],
    ownerId: knownText(knownObject(knownObject(acl.accessControlPolicy).owner).id),
    ownership: knownText(controls.objectOwnership),
    website: part("BucketWebsiteConfiguration") !== undefined || isGiven(bucket, "website"),
  };
}

function policyText(policy: unknown): string | undefined {
  if (typeof policy === "object" && policy !== null) return policyText(JSON.stringify(policy));
  const text = knownText(policy);
  return text === undefined || text === "" || text.includes(UNKNOWN) ? undefined : text;
}

function block(resource: ResourceView | undefined): PublicAccessBlock | undefined {
  // Unknown counts as on: a preview accuses nobody of what it does not know.
  const on = (name: keyof PublicAccessBlock) => resource?.props[name] === true || resource?.props[name] === UNKNOWN;
  return (
    resource && {
      blockPublicAcls: on("blockPublicAcls"),
      ignorePublicAcls: on("ignorePublicAcls"),
      blockPublicPolicy: on("blockPublicPolicy"),
      restrictPublicBuckets: on("restrictPublicBuckets"),
    }
  );
}

function listedGrants(policy: unknown): BucketGrant[] {
  const { grants } = knownObject(policy);
  if (!Array.isArray(grants)) return [];
  return grants.flatMap((grant: unknown) => {
    const { grantee, permission } = knownObject(grant);
    const { uri, id, emailAddress } = knownObject(grantee);
    const who = [uri, id, emailAddress].find((value) => typeof value === "string" && value !== "" && value !== UNKNOWN);
    return typeof who === "string" ? [{ grantee: who, permission: knownText(permission) ?? "unknown" }] : [];
  });
}

function isGiven({ props }: ResourceView, name: string): boolean {
  return typeof props[name] === "object" && props[name] !== null;
}
