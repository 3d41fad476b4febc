import { expect, test } from "vitest";
import { policyExposures } from "../../provider/audience/policy-statements";
import { accept, exposureText, foreign, own, policyOf, statement } from "./bucket-statements";

const confine = "remove the statement, confine it with StringEquals on aws:PrincipalAccount to accounts of yours";
const confineService = "remove the statement, confine it with StringEquals on aws:SourceAccount to accounts of yours";
const unpublish = "remove the statement, as a distribution publishes what it reads";

/** What a policy of these statements opens of bucket `B`, whose owner has the canonical id `owner-id`. */
function exposuresOf(...statements: object[]) {
  return policyExposures(
    policyOf(...statements),
    { bucket: "B", prefix: "domo/sales", ownAccounts: [own] },
    "owner-id",
  );
}

const everyone = { Principal: "*" };
const onOpen = (audience: string, principal: string, advice: string) =>
  `bucket "B" is open to ${audience}: statement "Open" of its policy allows s3:GetObject to ${principal} — ${advice}, ${accept}`;
const withCondition = (Condition: object) => statement({ ...everyone, Condition });

test.each([
  ["everyone", statement(everyone), "everyone", onOpen("everyone", '"*"', confine)],
  ["every AWS user", statement({ Principal: { AWS: "*" } }), "everyone", onOpen("everyone", '"*"', confine)],
  [
    "another account",
    statement({ Principal: { AWS: `arn:aws:iam::${foreign}:root` } }),
    "account",
    onOpen("another account", `"arn:aws:iam::${foreign}:root"`, confine),
  ],
  [
    "an account by its number, among own ones",
    statement({ Principal: { AWS: [own, foreign] } }),
    "account",
    onOpen("another account", `"${foreign}"`, confine),
  ],
  [
    "a role of another account",
    statement({ Principal: { AWS: `arn:aws:iam::${foreign}:role/reader` } }),
    "account",
    onOpen("another account", `"arn:aws:iam::${foreign}:role/reader"`, confine),
  ],
  [
    "a principal id of nobody's",
    statement({ Principal: { AWS: "AROAEXAMPLEID" } }),
    "account",
    onOpen("another account", '"AROAEXAMPLEID"', confine),
  ],
  [
    "all but one",
    statement({ NotPrincipal: { AWS: `arn:aws:iam::${own}:root` } }),
    "everyone",
    onOpen("everyone", "all but its NotPrincipal", confine),
  ],
  [
    "a foreign canonical user",
    statement({ Principal: { CanonicalUser: "f".repeat(64) } }),
    "account",
    onOpen("another account", `canonical user "${"f".repeat(64)}"`, confine),
  ],
  [
    "a federated user",
    statement({ Principal: { Federated: "cognito-identity.amazonaws.com" } }),
    "account",
    onOpen("another account", 'federated "cognito-identity.amazonaws.com"', confine),
  ],
  [
    "an organization",
    withCondition({ StringEquals: { "aws:PrincipalOrgID": "o-acme" } }),
    "organization",
    onOpen(
      "an organization",
      '"*", and its condition on aws:PrincipalOrgID lets in every account of that organization',
      confine,
    ),
  ],
  [
    "an endpoint",
    withCondition({ StringEquals: { "aws:SourceVpce": "vpce-1" } }),
    "network",
    onOpen(
      "a network",
      '"*", and its condition on aws:SourceVpce lets in anyone who comes through that endpoint, of any account',
      confine,
    ),
  ],
  [
    "a range of addresses",
    withCondition({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }),
    "network",
    onOpen(
      "a network",
      '"*", and its condition on aws:SourceIp lets in anyone who comes from those addresses, of any account',
      confine,
    ),
  ],
  [
    "access points",
    withCondition({ StringEquals: { "s3:DataAccessPointAccount": own } }),
    "unclear",
    onOpen(
      "callers that nobody can name",
      '"*", and its condition on s3:DataAccessPointAccount hands the decision to access points, whose policies are not read here',
      confine,
    ),
  ],
  [
    "another account by condition",
    withCondition({ StringEquals: { "aws:PrincipalAccount": [own, foreign] } }),
    "account",
    onOpen("another account", `"*", and its condition on aws:PrincipalAccount lets in ${own}, ${foreign}`, confine),
  ],
  [
    "a condition that is met when the key is absent",
    withCondition({ StringEqualsIfExists: { "aws:PrincipalAccount": own } }),
    "everyone",
    onOpen("everyone", '"*", and its condition on aws:PrincipalAccount does not limit it to certain accounts', confine),
  ],
  [
    "a condition over an empty set",
    withCondition({ "ForAllValues:StringEquals": { "aws:PrincipalAccount": own } }),
    "everyone",
    onOpen("everyone", '"*", and its condition on aws:PrincipalAccount does not limit it to certain accounts', confine),
  ],
  [
    "everyone but one account",
    withCondition({ StringNotEquals: { "aws:PrincipalAccount": foreign } }),
    "everyone",
    onOpen("everyone", '"*", and its condition on aws:PrincipalAccount does not limit it to certain accounts', confine),
  ],
  [
    "a pattern before the account",
    withCondition({ StringLike: { "aws:PrincipalArn": `arn:*:iam::${own}:role/reader` } }),
    "everyone",
    onOpen("everyone", '"*", and its condition on aws:PrincipalArn does not limit it to certain accounts', confine),
  ],
  [
    "any https request",
    withCondition({ Bool: { "aws:SecureTransport": "true" } }),
    "everyone",
    onOpen("everyone", '"*", and its condition on aws:SecureTransport does not limit it to certain accounts', confine),
  ],
  [
    "a service that reads",
    statement({ Principal: { Service: "macie.amazonaws.com" } }),
    "service",
    onOpen("a service", '"macie.amazonaws.com"', confineService),
  ],
  [
    "a service on behalf of another account",
    statement({
      Principal: { Service: "macie.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": foreign } },
    }),
    "service",
    onOpen(
      "a service",
      `"macie.amazonaws.com", and its condition on aws:SourceAccount lets in ${foreign}`,
      confineService,
    ),
  ],
  [
    "CloudFront, even of the own account",
    statement({
      Principal: { Service: "cloudfront.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceArn": `arn:aws:cloudfront::${own}:distribution/E1` } },
    }),
    "service",
    onOpen("a service", `"cloudfront.amazonaws.com", and its condition on aws:SourceArn lets in ${own}`, unpublish),
  ],
  [
    "a CloudFront identity",
    statement({ Principal: { AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1" } }),
    "service",
    onOpen("a service", '"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"', unpublish),
  ],
])("a policy for %s is refused", (_who, open, kind, text) => {
  const found = exposuresOf(statement({ Sid: "Own", Principal: { AWS: own } }), open);
  expect(found).toMatchObject([{ kind, evidence: JSON.stringify(open) }]);
  expect(exposureText(...found)).toBe(text);
});

test.each([
  ["the own account", statement({ Principal: { AWS: `arn:aws:iam::${own}:root` } })],
  ["a role of the own account", statement({ Principal: { AWS: `arn:aws:iam::${own}:role/reader` } })],
  ["everyone of the own account", withCondition({ StringEquals: { "aws:PrincipalAccount": own } })],
  ["roles of the own account", withCondition({ ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${own}:role/*` } })],
  [
    "an organization's member that is an own account",
    withCondition({ StringEquals: { "aws:PrincipalOrgID": "o-acme", "aws:PrincipalAccount": own } }),
  ],
  ["nobody, by Deny", statement({ ...everyone, Effect: "Deny" })],
  [
    "a service that delivers logs",
    statement({ Principal: { Service: "logging.s3.amazonaws.com" }, Action: "s3:PutObject" }),
  ],
  [
    "a trail",
    statement({ Principal: { Service: "cloudtrail.amazonaws.com" }, Action: ["s3:PutObject", "s3:GetBucketAcl"] }),
  ],
  [
    "a service on behalf of the own account",
    statement({
      Principal: { Service: "macie.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": own } },
    }),
  ],
  ["everyone, for keys that no export writes", statement({ ...everyone, Resource: "arn:aws:s3:::B/public/*" })],
])("a policy for %s is fine", (_who, fine) => {
  expect(exposuresOf(fine)).toEqual([]);
});

test.each([
  "arn:aws:s3:::B",
  "arn:aws:s3:::*",
  "arn:aws:s3:::B/do*",
  "arn:aws:s3:::B/domo/sales/e1",
  "*",
  "arn:*:s3:::B/*",
])("a statement about %s touches the exports", (Resource) => {
  expect(exposuresOf(statement({ ...everyone, Resource }))).toHaveLength(1);
});

test("a statement with NotAction or NotResource is read as what it lets through", () => {
  const inverted = { Action: undefined, Resource: undefined };
  const rest = { NotAction: "s3:DeleteObject", NotResource: "arn:aws:s3:::B/p/*" };
  expect(exposuresOf(statement({ ...everyone, ...inverted, ...rest }))).toMatchObject([
    {
      fact: 'bucket "B" is open to everyone: statement "Open" of its policy allows all but s3:DeleteObject to "*"',
    },
  ]);
});

test("all actions and all principals of a statement are named, own ones apart", () => {
  const who = { AWS: [own, foreign, "888888888888"], Service: "macie.amazonaws.com" };
  const fact = 'bucket "B" is open to another account: statement "Open" of its policy allows';
  const principals = [`"${foreign}"`, '"888888888888"', '"macie.amazonaws.com"'];
  const all = { Principal: who, Action: ["s3:GetObject", "s3:ListBucket"] };
  expect(exposuresOf(statement(all))).toMatchObject([
    { principals, fact: `${fact} s3:GetObject, s3:ListBucket to ${principals.join(", ")}` },
  ]);
  const allBut = { ...all, Action: undefined, NotAction: ["s3:PutObject", "s3:DeleteObject"] };
  expect(exposuresOf(statement(allBut))).toMatchObject([
    { fact: `${fact} all but s3:PutObject, s3:DeleteObject to ${principals.join(", ")}` },
  ]);
});

test("a statement without a principal counts as open to everyone", () => {
  expect(exposuresOf(statement({}))).toMatchObject([{ kind: "everyone" }]);
});

test("a statement without a name is called by its place", () => {
  const nameless = { ...everyone, Sid: undefined };
  expect(exposuresOf(statement({ Principal: { AWS: own } }), statement(nameless))).toMatchObject([
    { fact: 'bucket "B" is open to everyone: statement number 2 of its policy allows s3:GetObject to "*"' },
  ]);
});

test.each(["s3:PutObject", "s3:AbortMultipartUpload", "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"])(
  "a service that may %s delivers, and one that may more does not",
  (action) => {
    const ofService = (Action: string[]) => statement({ Principal: { Service: "x.amazonaws.com" }, Action });
    expect(exposuresOf(ofService([action]))).toEqual([]);
    expect(exposuresOf(ofService([action, "s3:GetObject"]))).toMatchObject([{ kind: "service" }]);
    expect(exposuresOf(statement({ Principal: { AWS: foreign }, Action: action }))).toMatchObject([
      { kind: "account" },
    ]);
  },
);

test.each([
  ["*arn:aws:s3:::other/*", true],
  ["arn:aws:s3:::B/*\nx", true],
  ["arn:aws:s3:::B\n*", false],
])("a statement about %j concerns the exports: %s", (Resource, concerns) => {
  expect(exposuresOf(statement({ ...everyone, Resource }))).toHaveLength(concerns ? 1 : 0);
});

test("without a prefix, every key of the bucket counts, and none of another one's", () => {
  const ofBucket = (Resource: string) =>
    policyExposures(policyOf(statement({ ...everyone, Resource })), { bucket: "B", ownAccounts: [own] }, "owner-id");
  expect(ofBucket("arn:aws:s3:::B/any")).toHaveLength(1);
  expect(ofBucket("arn:aws:s3:::other/any")).toEqual([]);
});

test("a policy of one statement, without a list around it, is read; so are numbers and truth values in conditions", () => {
  const Condition = { Bool: { "aws:SecureTransport": true }, NumericLessThan: { "s3:max-keys": 10 } };
  const text = JSON.stringify({ Statement: statement({ ...everyone, Condition }) });
  expect(policyExposures(text, { bucket: "B", ownAccounts: [own] }, "owner-id")).toMatchObject([{ kind: "everyone" }]);
});
