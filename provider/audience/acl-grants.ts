import type { AudienceContext, Exposure } from "./exposure";

/** One line of a bucket's ACL. */
export interface BucketGrant {
  /** Group URI, canonical user id or e-mail address. */
  readonly grantee: string;
  readonly permission: string;
}

/** Who the ACL lets in, and the two settings that silence it. */
export interface BucketAcl {
  readonly grants: readonly BucketGrant[];
  /** Canonical user id of the bucket's owner. */
  readonly ownerId: string | undefined;
  /** `IgnorePublicAcls` of the public access block. */
  readonly ignorePublicAcls: boolean;
  /** Object ownership; `BucketOwnerEnforced` switches ACLs off. */
  readonly ownership: string | undefined;
}

const GROUPS: Readonly<Record<string, string>> = {
  "http://acs.amazonaws.com/groups/global/AllUsers": "everyone",
  "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "every AWS user of any account",
};
const LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/**
 * The grants of an ACL that let in somebody other than the owner. S3's own log delivery may write and read the ACL, which
 * shows it no object; everything else that is not the owner's counts, as a canonical user id names no account.
 */
export function grantExposures(acl: BucketAcl, { bucket }: AudienceContext): Exposure[] {
  if (acl.ownership === "BucketOwnerEnforced") return [];
  return acl.grants.flatMap(({ grantee, permission }): Exposure[] => {
    const group = GROUPS[grantee];
    if (grantee === acl.ownerId || (group !== undefined && acl.ignorePublicAcls)) return [];
    if (grantee === LOG_DELIVERY && ["WRITE", "READ_ACP"].includes(permission)) return [];
    return [
      {
        kind: group === undefined ? "account" : "everyone",
        evidence: JSON.stringify({ grantee, permission }),
        fact: `bucket "${bucket}" is open to ${group ?? "another account"}: its ACL grants ${permission} to "${grantee}"`,
        advice: "switch ACLs off (object ownership BucketOwnerEnforced), remove the grant",
      },
    ];
  });
}
