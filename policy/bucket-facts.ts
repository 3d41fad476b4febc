import type { BucketFacts, PublicAccessBlock } from "../provider/audience/bucket-exposures";
import type { AudienceContext } from "../provider/audience/exposure";
import { policyExposures } from "../provider/audience/policy-statements";
import { UNKNOWN } from "../provider/host/unknown";
import { declaredAcl } from "./acl-grants";
import { knownObject, knownText } from "./plain";
import type { ResourceView, StackView } from "./rule";
import { partsOf } from "./stack-view";

const ENFORCED = "BucketOwnerEnforced";

/**
 * The settings of a bucket as its stack declares them, in the form in which the provider reads them from S3. What a preview
 * does not know yet is left out, as if it opened nothing: `up` judges it.
 */
export function bucketFacts(view: StackView, bucket: ResourceView, context: AudienceContext): BucketFacts {
  const part = (type: string) => partsOf(view, bucket, type)[0];
  const policy = policyText(part("BucketPolicy")?.props.policy ?? bucket.props.policy);
  return {
    publicAccessBlock: block(part("BucketPublicAccessBlock")),
    policy,
    // S3 is asked only once the bucket is there; it calls public what lets in everyone.
    policyIsPublic:
      policy !== undefined &&
      policyExposures(policy, { ...context, prefix: undefined }, undefined).some(({ kind }) => kind === "everyone"),
    ...declaredAcl(bucket, part("BucketAcl")),
    ownership: ownership(part("BucketOwnershipControls")),
    website: part("BucketWebsiteConfiguration") !== undefined || hasWebsite(bucket),
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

/** Unknown counts as the one that switches ACLs off. */
function ownership(controls: ResourceView | undefined): string | undefined {
  if (controls === undefined) return undefined;
  const rule = [controls.props.rule].flat()[0];
  return rule === UNKNOWN ? ENFORCED : (knownText(knownObject(rule).objectOwnership) ?? ENFORCED);
}

/** The older way, inside of the bucket: one object, or a list in `BucketV2`. */
function hasWebsite({ props }: ResourceView): boolean {
  return [props.website, props.websites].flat().some((site) => typeof site === "object" && site !== null);
}
