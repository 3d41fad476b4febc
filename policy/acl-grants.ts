import type { BucketGrant } from "../provider/audience/acl-grants";
import { UNKNOWN } from "../provider/host/unknown";
import { knownObject, knownText } from "./plain";
import type { ResourceView } from "./rule";

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

/** The ACL of a bucket. */
export interface Acl {
  readonly grants: readonly BucketGrant[];
  readonly ownerId: string | undefined;
}

/** The ACL that a stack declares for a bucket: in a resource of its own, or the older way inside of the bucket. */
export function declaredAcl(bucket: ResourceView, resource: ResourceView | undefined): Acl {
  const { acl, accessControlPolicy } = resource?.props ?? { acl: bucket.props.acl };
  const { grants, owner } = knownObject(accessControlPolicy);
  const ownerId = knownText(knownObject(owner).id);
  const inline = resource === undefined ? bucket.props.grants : undefined;
  const listed = [...(CANNED[knownText(acl) ?? ""] ?? []), ...listedGrants(grants), ...listedGrants(inline)]
    // Whether a user is another account's shows only next to a known owner.
    .filter(({ grantee }) => ownerId !== undefined || !/^[0-9a-f]{64}$/.test(grantee));
  // AWS lists the grants of a canned ACL in addition to its name.
  const shown = new Map(listed.map((grant) => [JSON.stringify([grant.grantee, grant.permission]), grant]));
  return { grants: [...shown.values()], ownerId };
}

/** Grants as `BucketAcl` lists them, one grantee inside of each, or as `Bucket` does, with several permissions. */
function listedGrants(grants: unknown): BucketGrant[] {
  if (!Array.isArray(grants)) return [];
  return grants.flatMap((grant: unknown) => {
    const { grantee, permission, permissions = [permission], ...inline } = knownObject(grant);
    const { uri, id, emailAddress } = grantee === undefined ? inline : knownObject(grantee);
    const who = [uri, id, emailAddress].map(knownText).find((value) => value !== undefined && value !== "");
    if (who === undefined || !Array.isArray(permissions)) return [];
    return permissions.map((value) => ({
      grantee: who,
      permission: value === UNKNOWN || typeof value !== "string" ? "an unknown permission" : value,
    }));
  });
}
