import { expect, test } from "vitest";
import { bucketExposures, type BucketFacts } from "../../provider/audience/bucket-exposures";
import { grantExposures } from "../../provider/audience/acl-grants";
import { accept, exposureText, foreign, own, policyOf, statement } from "./bucket-statements";

const context = { bucket: "B", ownAccounts: [own], prefix: "domo/sales" };
const shut = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };
const closed: BucketFacts = { grants: [], website: false };
const kindsOf = (facts: Partial<BucketFacts>) =>
  bucketExposures({ ...closed, ...facts }, context).map(({ kind }) => kind);
const textsOf = (facts: Partial<BucketFacts>) =>
  bucketExposures({ ...closed, ...facts }, context).map((each) => exposureText(each));

const toEveryone = statement({ Principal: "*" });
const toForeign = statement({ Sid: "Other", Principal: { AWS: foreign } });
const toService = statement({ Sid: "Service", Principal: { Service: "macie.amazonaws.com" } });
const everyoneElsewhere = statement({ Principal: "*", Resource: "arn:aws:s3:::B/public/*" });

test("a bucket without policy, grants and website is open to nobody", () => {
  expect(kindsOf({})).toEqual([]);
});

test.each([
  "",
  "{",
  "[]",
  '{"Statement":"all"}',
  '{"Statement":[{"Effect":"Perhaps"}]}',
  '{"Statement":[{"Effect":"Allow","Principals":"*"}]}',
  '{"Statement":[{"Effect":"Deny","Principal":"*"},{"Effect":"Allow","Principal":"someone"}]}',
])("a policy that can't be understood (%j) is refused, whatever the block says", (policy) => {
  const text = `bucket "B" has a policy that can't be understood, so its audience is unknown — correct the policy, ${accept}`;
  for (const policyIsPublic of [true, false]) {
    expect(textsOf({ policy, policyIsPublic })).toEqual([text]);
    expect(textsOf({ policy, policyIsPublic, publicAccessBlock: shut })).toEqual([text]);
  }
});

test("S3's verdict that a policy is public holds, even where no statement explains it or the policy can't be read", () => {
  const text = `bucket "B" is open to everyone: S3 calls its policy public — switch on RestrictPublicBuckets of its public access block, ${accept}`;
  for (const policy of [policyOf(), undefined]) {
    const facts = { policy, policyIsPublic: true };
    expect(textsOf(facts)).toEqual([text]);
    expect(bucketExposures({ ...closed, ...facts }, context)).toMatchObject([{ evidence: policy ?? "policy status" }]);
    expect(kindsOf({ ...facts, publicAccessBlock: shut })).toEqual([]);
    expect(kindsOf({ ...facts, policyIsPublic: false })).toEqual([]);
  }
});

test("a statement for another account does not explain why S3 calls the policy public", () => {
  expect(kindsOf({ policy: policyOf(toForeign), policyIsPublic: true })).toEqual(["account", "everyone"]);
  expect(kindsOf({ policy: policyOf(toForeign, toEveryone), policyIsPublic: true })).toEqual(["account", "everyone"]);
  expect(kindsOf({ policy: policyOf(toForeign), policyIsPublic: false })).toEqual(["account"]);
});

test("a policy that is public for other keys alone does not concern the exports", () => {
  const facts = { ...closed, policy: policyOf(everyoneElsewhere), policyIsPublic: true };
  expect(bucketExposures(facts, context)).toEqual([]);
  expect(bucketExposures(facts, { ...context, prefix: undefined })).toMatchObject([{ kind: "everyone" }]);
});

test("RestrictPublicBuckets shuts a public policy for all but services, and no other switch does", () => {
  const facts = { policy: policyOf(toEveryone, toForeign, toService), policyIsPublic: true };
  const open = ["everyone", "account", "service"];
  expect(kindsOf(facts)).toEqual(open);
  for (const name of Object.keys(shut)) {
    const publicAccessBlock = { ...shut, [name]: false };
    expect(kindsOf({ ...facts, publicAccessBlock })).toEqual(name === "restrictPublicBuckets" ? open : ["service"]);
  }
  expect(kindsOf({ ...facts, policyIsPublic: false, publicAccessBlock: shut })).toEqual(open);
});

test("both halves of the block shut a website, one alone does not", () => {
  const text = `bucket "B" is set up as a website — remove its website configuration, switch on its public access block, ${accept}`;
  expect(textsOf({ website: true })).toEqual([text]);
  expect(bucketExposures({ ...closed, website: true }, context)).toMatchObject([{ evidence: "website configuration" }]);
  expect(textsOf({ website: true, publicAccessBlock: shut })).toEqual([]);
  for (const name of Object.keys(shut)) {
    const needed = name === "ignorePublicAcls" || name === "restrictPublicBuckets";
    expect(textsOf({ website: true, publicAccessBlock: { ...shut, [name]: false } })).toEqual(needed ? [text] : []);
  }
});

test("of a bucket of another owner nothing else is judged", () => {
  const facts = { ...closed, notOwnedBy: own, policy: policyOf(toEveryone), policyIsPublic: true, website: true };
  expect(textsOf(facts)).toEqual([
    `bucket "B" does not belong to account ${own} — correct bucket, or set expectedBucketOwner to the account that owns it`,
  ]);
  expect(bucketExposures(facts, context)).toMatchObject([{ kind: "owner", evidence: `ExpectedBucketOwner ${own}` }]);
});

test("policy, grants and website are all named, in that order", () => {
  const grants = [{ grantee: "someone", permission: "READ" }];
  expect(kindsOf({ policy: policyOf(toEveryone), grants, website: true })).toEqual(["everyone", "account", "website"]);
});

const groups = "http://acs.amazonaws.com/groups";
const acl = { ownerId: "owner", ignorePublicAcls: false, ownership: undefined as string | undefined };
const grantsOpen = (grantee: string, permission: string, more: Partial<typeof acl> = {}) =>
  grantExposures({ ...acl, ...more, grants: [{ grantee, permission }] }, context).map(
    ({ kind, fact }) => `${kind}: ${fact}`,
  );

test.each([
  [`${groups}/global/AllUsers`, "READ", "everyone", "everyone"],
  [`${groups}/global/AllUsers`, "WRITE", "everyone", "everyone"],
  [`${groups}/global/AuthenticatedUsers`, "READ_ACP", "everyone", "every AWS user of any account"],
  [`${groups}/s3/LogDelivery`, "READ", "account", "another account"],
  [`${groups}/s3/LogDelivery`, "FULL_CONTROL", "account", "another account"],
  ["f".repeat(64), "WRITE", "account", "another account"],
  ["auditor@example.com", "READ_ACP", "account", "another account"],
])("a grant to %s of %s is refused as %s", (grantee, permission, kind, audience) => {
  const found = `${kind}: bucket "B" is open to ${audience}: its ACL grants ${permission} to "${grantee}"`;
  expect(grantsOpen(grantee, permission)).toEqual([found]);
  expect(grantsOpen(grantee, permission, { ownership: "BucketOwnerPreferred" })).toEqual([found]);
  expect(grantsOpen(grantee, permission, { ownership: "ObjectWriter" })).toEqual([found]);
  expect(grantsOpen(grantee, permission, { ownership: "BucketOwnerEnforced" })).toEqual([]);
  expect(grantsOpen(grantee, permission, { ownerId: grantee })).toEqual([]);
  expect(grantsOpen(grantee, permission, { ignorePublicAcls: true })).toEqual(kind === "everyone" ? [] : [found]);
});

test("IgnorePublicAcls of the bucket's block silences grants to everyone, and no other switch does", () => {
  const grants = [{ grantee: `${groups}/global/AllUsers`, permission: "READ" }];
  expect(kindsOf({ grants })).toEqual(["everyone"]);
  for (const name of Object.keys(shut)) {
    const publicAccessBlock = { ...shut, [name]: false };
    expect(kindsOf({ grants, publicAccessBlock })).toEqual(name === "ignorePublicAcls" ? ["everyone"] : []);
  }
});

test.each(["WRITE", "READ_ACP"])("S3's log delivery may have %s", (permission) => {
  expect(grantsOpen(`${groups}/s3/LogDelivery`, permission)).toEqual([]);
});

test("a grant shows itself, and how to take it away", () => {
  const [found] = bucketExposures({ ...closed, grants: [{ grantee: "someone", permission: "READ" }] }, context);
  expect(found).toMatchObject({ evidence: '{"grantee":"someone","permission":"READ"}' });
  expect(found?.advice).toBe("switch ACLs off (object ownership BucketOwnerEnforced), remove the grant");
});

test("several exposures make one message, in which no advice stands twice", () => {
  const grants = ["someone", "somebody"].map((grantee) => ({ grantee, permission: "READ" }));
  expect(exposureText(...bucketExposures({ ...closed, grants, website: true }, context))).toBe(
    'bucket "B" is open to another account: its ACL grants READ to "someone"; ' +
      'bucket "B" is open to another account: its ACL grants READ to "somebody"; bucket "B" is set up as a website — ' +
      "switch ACLs off (object ownership BucketOwnerEnforced), remove the grant; " +
      `remove its website configuration, switch on its public access block, ${accept}`,
  );
});
