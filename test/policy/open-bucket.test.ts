import { expect, test } from "vitest";
import type { ResourceView } from "../../policy/rule";
import { openBucket } from "../../policy/rules/open-bucket";
import { viewOf } from "../../policy/stack-view";
import { UNKNOWN } from "../../provider/host/unknown";
import { resource, sales } from "../support/policy-view";

const on = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const accept = 'or give the reason for this audience as acceptBucketAudience: "…"';
const part = (type: string, props: object): ResourceView =>
  resource(`aws:s3/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`, type, { bucket: "b", ...props });
const block = (props: object) => part("BucketPublicAccessBlock", { ...on, ...props });
const off = block({ ignorePublicAcls: UNKNOWN, restrictPublicBuckets: UNKNOWN });

interface Judged {
  readonly bucket?: object;
  readonly parts?: readonly ResourceView[];
  readonly exported?: object;
  readonly ownAccounts?: string[];
  readonly type?: "Bucket" | "BucketV2";
}

/** What the rule says of the export to a bucket with these parts. A public access block is not asked for. */
function judge({ bucket = {}, parts = [], exported = {}, ownAccounts = [], type = "Bucket" }: Judged): string[] {
  const view = viewOf([part(type, bucket), ...parts, sales({ bucket: "b", path: "p", ...exported })]);
  const config = { requirePublicAccessBlock: false, ownAccounts };
  return openBucket.checkStack(view, config).map(({ message }) => message);
}

const group = (name: string) => `http://acs.amazonaws.com/groups/global/${name}`;
const granted = (audience: string, permission: string, grantee: string) =>
  `bucket "b" is open to ${audience}: its ACL grants ${permission} to "${grantee}" — switch ACLs off (object ownership BucketOwnerEnforced), remove the grant, ${accept}`;
const readToAll = granted("everyone", "READ", group("AllUsers"));

test("a public access block must have all four switches, and unknown ones count as on", () => {
  const say = (...parts: ResourceView[]) =>
    openBucket
      .checkStack(viewOf([part("Bucket", {}), ...parts, sales({ bucket: "b", path: "p" })]), {
        requirePublicAccessBlock: true,
        ownAccounts: [],
      })
      .map(({ message }) => message);
  expect(say()).toEqual([
    'bucket "b" declares no public access block — add an aws.s3.BucketPublicAccessBlock with all four switches on',
  ]);
  expect(say(block({ ignorePublicAcls: false, blockPublicPolicy: undefined }))).toEqual([
    'bucket "b" has a public access block without "blockPublicPolicy", "ignorePublicAcls" — switch all four on',
  ]);
  expect(say(block({}))).toEqual([]);
  expect(say(off)).toEqual([]);
});

test.each(["BucketAcl", "BucketAclV2"])("a canned ACL of %s opens a bucket, once", (type) => {
  const ofBucket = (acl: string, more = {}) => judge({ parts: [part(type, { acl, ...more })] });
  expect(ofBucket("private")).toEqual([]);
  expect(ofBucket("public-read")).toEqual([readToAll]);
  expect(ofBucket("public-read-write")).toEqual([readToAll, granted("everyone", "WRITE", group("AllUsers"))]);
  expect(ofBucket("authenticated-read")).toEqual([
    granted("every AWS user of any account", "READ", group("AuthenticatedUsers")),
  ]);
  const grants = [{ grantee: { type: "Group", uri: group("AllUsers") }, permission: "READ" }];
  expect(ofBucket("public-read", { accessControlPolicy: { grants } })).toEqual([readToAll]);
});

test("listed grants open a bucket to groups and, against a known owner, to other users", () => {
  const [owner, other] = ["0".repeat(64), "f".repeat(64)];
  const grants = [
    { grantee: { type: "CanonicalUser", id: owner }, permission: "FULL_CONTROL" },
    { grantee: { type: "CanonicalUser", id: other }, permission: "READ" },
    { grantee: { type: "AmazonCustomerByEmail", emailAddress: "a@example.com" }, permission: "READ" },
    { grantee: { type: "CanonicalUser", id: UNKNOWN }, permission: "READ" },
    { grantee: { type: "Group", uri: group("AllUsers") }, permission: UNKNOWN },
  ];
  const ofOwner = (id: string) =>
    judge({ parts: [part("BucketAcl", { accessControlPolicy: { grants, owner: { id } } })] });
  const byMail = granted("another account", "READ", "a@example.com");
  const toAll = granted("everyone", "an unknown permission", group("AllUsers"));
  expect(ofOwner(owner)).toEqual([granted("another account", "READ", other), byMail, toAll]);
  expect(ofOwner(UNKNOWN)).toEqual([byMail, toAll]);
  expect(judge({ parts: [part("BucketAcl", { accessControlPolicy: UNKNOWN })] })).toEqual([]);
});

test.each(["Bucket", "BucketV2"] as const)("a %s has its ACL, grants and policy inside, the older way", (type) => {
  const owner = { type: "CanonicalUser", id: "0".repeat(64), permissions: ["FULL_CONTROL"] };
  const everyone = { type: "Group", uri: group("AllUsers"), permissions: ["READ", "READ_ACP"] };
  expect(judge({ type, bucket: { acl: "public-read" } })).toEqual([readToAll]);
  expect(judge({ type, bucket: { grants: [owner, everyone] } })).toEqual([
    readToAll,
    granted("everyone", "READ_ACP", group("AllUsers")),
  ]);
  expect(judge({ type, bucket: { grants: UNKNOWN, acl: UNKNOWN, policy: UNKNOWN } })).toEqual([]);
  expect(judge({ type, bucket: { policy: policyFor("*") } })).toHaveLength(1);
});

test("ignored or switched-off ACLs open nothing, and unknown settings count as closed", () => {
  const acl = part("BucketAcl", { acl: "public-read" });
  const owned = (objectOwnership: string) => part("BucketOwnershipControls", { rule: { objectOwnership } });
  expect(judge({ parts: [acl, block({})] })).toEqual([]);
  expect(judge({ parts: [acl, off] })).toEqual([]);
  expect(judge({ parts: [acl, block({ ignorePublicAcls: false })] })).toEqual([readToAll]);
  expect(judge({ parts: [acl, owned("BucketOwnerEnforced")] })).toEqual([]);
  expect(judge({ parts: [acl, owned(UNKNOWN)] })).toEqual([]);
  expect(judge({ parts: [acl, part("BucketOwnershipControls", { rule: UNKNOWN })] })).toEqual([]);
  expect(judge({ parts: [acl, owned("ObjectWriter")] })).toEqual([readToAll]);
  expect(judge({ parts: [acl], exported: { acceptBucketAudience: "SEC-1" } })).toEqual([]);
});

const website = `bucket "b" is set up as a website — remove its website configuration, switch on its public access block, ${accept}`;

test("a website opens a bucket until its public access block shuts it", () => {
  const site = { indexDocument: "index.html" };
  for (const type of ["BucketWebsiteConfiguration", "BucketWebsiteConfigurationV2"]) {
    expect(judge({ parts: [part(type, site)] })).toEqual([website]);
    expect(judge({ parts: [part(type, site), block({})] })).toEqual([]);
  }
  expect(judge({ bucket: { website: site } })).toEqual([website]);
  expect(judge({ type: "BucketV2", bucket: { websites: [site] } })).toEqual([website]);
  expect(judge({ type: "BucketV2", bucket: { websites: [] } })).toEqual([]);
  expect(judge({ bucket: { website: UNKNOWN } })).toEqual([]);
});

function policyFor(principal: string, condition?: object): string {
  const Principal = principal === "*" ? "*" : { AWS: principal };
  const statement = { Sid: "S", Effect: "Allow", Principal, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ ...statement, Condition: condition }] });
}

test("another account may come in only when it is listed, or while no account is known at all", () => {
  const roleArn = "arn:aws:iam::111111111111:role/r";
  const parts = [part("BucketPolicy", { policy: policyFor("arn:aws:iam::222222222222:root") })];
  const open = `bucket "b" is open to another account: statement "S" of its policy allows s3:GetObject to "arn:aws:iam::222222222222:root" — remove the statement, confine it with StringEquals on aws:PrincipalAccount to accounts of yours, ${accept}`;
  expect(judge({ parts, exported: { roleArn } })).toEqual([open]);
  expect(judge({ parts, exported: { roleArn, expectedBucketOwner: "222222222222" } })).toEqual([]);
  expect(judge({ parts, exported: { roleArn }, ownAccounts: ["222222222222"] })).toEqual([]);
  expect(judge({ parts, exported: { roleArn: UNKNOWN } })).toEqual([]);
  expect(judge({ parts, exported: { roleArn: UNKNOWN }, ownAccounts: ["333333333333"] })).toEqual([open]);
});

test("while no account is known, a policy is still open to everyone, and a service confined to some account is not", () => {
  const exported = { roleArn: UNKNOWN };
  const ofService = (condition?: object) =>
    policyFor("*", condition).replace('"Principal":"*"', '"Principal":{"Service":"ssm.amazonaws.com"}');
  const say = (policy: string) => judge({ parts: [part("BucketPolicy", { policy })], exported });
  expect(say(policyFor("*"))[0]).toContain('bucket "b" is open to everyone: statement "S"');
  expect(say(policyFor("*", { StringEquals: { "aws:PrincipalAccount": "222222222222" } }))).toEqual([]);
  expect(say(ofService())[0]).toContain('bucket "b" is open to a service: statement "S"');
  expect(say(ofService({ StringEquals: { "aws:SourceAccount": "222222222222" } }))).toEqual([]);
});
