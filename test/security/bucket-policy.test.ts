import { afterAll, beforeAll, expect, test } from "vitest";
import { accept, foreign, own, startBuckets, statement } from "./open-buckets";

const confine = "remove the statement, confine it with StringEquals on aws:PrincipalAccount to accounts of yours";
const confineService = "remove the statement, confine it with StringEquals on aws:SourceAccount to accounts of yours";
const unpublish = "remove the statement, as a distribution publishes what it reads";

let buckets: Awaited<ReturnType<typeof startBuckets>>;

beforeAll(async () => {
  buckets = await startBuckets();
}, 120_000);

afterAll(() => buckets.stop());

const everyone = { Principal: "*" };
const onOpen = (audience: string, guest: string, wayOut: string) =>
  `bucket "B" is open to ${audience}: statement "Open" of its policy allows s3:GetObject to ${guest}; ${wayOut}, ${accept}`;
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
      '"*", and its condition on aws:SourceVpce lets in whoever comes through that endpoint, of any account',
      confine,
    ),
  ],
  [
    "a range of addresses",
    withCondition({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }),
    "network",
    onOpen(
      "a network",
      '"*", and its condition on aws:SourceIp lets in whoever comes from those addresses, of any account',
      confine,
    ),
  ],
  [
    "access points",
    withCondition({ StringEquals: { "s3:DataAccessPointAccount": own } }),
    "unclear",
    onOpen(
      "callers that can't be told",
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
    onOpen(
      "everyone",
      '"*", and its condition on aws:PrincipalAccount does not tell which accounts may come in',
      confine,
    ),
  ],
  [
    "a condition over an empty set",
    withCondition({ "ForAllValues:StringEquals": { "aws:PrincipalAccount": own } }),
    "everyone",
    onOpen(
      "everyone",
      '"*", and its condition on aws:PrincipalAccount does not tell which accounts may come in',
      confine,
    ),
  ],
  [
    "everyone but one account",
    withCondition({ StringNotEquals: { "aws:PrincipalAccount": foreign } }),
    "everyone",
    onOpen(
      "everyone",
      '"*", and its condition on aws:PrincipalAccount does not tell which accounts may come in',
      confine,
    ),
  ],
  [
    "a pattern before the account",
    withCondition({ StringLike: { "aws:PrincipalArn": `arn:*:iam::${own}:role/reader` } }),
    "everyone",
    onOpen("everyone", '"*", and its condition on aws:PrincipalArn does not tell which accounts may come in', confine),
  ],
  [
    "any https request",
    withCondition({ Bool: { "aws:SecureTransport": "true" } }),
    "everyone",
    onOpen(
      "everyone",
      '"*", and its condition on aws:SecureTransport does not tell which accounts may come in',
      confine,
    ),
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
])("a policy for %s is refused", async (_who, open, kind, message) => {
  const bucket = await buckets.create();
  await buckets.putPolicy(bucket, [statement({ Sid: "Own", Principal: { AWS: own } }), open]);
  const { openings, unreadable } = await buckets.inspect(bucket);
  expect(unreadable).toEqual([]);
  expect(openings).toEqual([
    {
      kind,
      evidence: JSON.stringify(open).replaceAll("B/", `${bucket}/`),
      message: message.replaceAll('"B"', `"${bucket}"`),
    },
  ]);
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
])("a policy for %s is fine", async (_who, fine) => {
  const bucket = await buckets.create();
  await buckets.putPolicy(bucket, [fine]);
  expect(await buckets.inspect(bucket)).toMatchObject({ openings: [], unreadable: [] });
});

test.each([
  "arn:aws:s3:::B",
  "arn:aws:s3:::*",
  "arn:aws:s3:::B/do*",
  "arn:aws:s3:::B/domo/sales/e1",
  "*",
  "arn:*:s3:::B/*",
])("a statement about %s touches the exports", async (Resource) => {
  const bucket = await buckets.create();
  await buckets.putPolicy(bucket, [statement({ ...everyone, Resource })]);
  expect((await buckets.inspect(bucket)).openings).toHaveLength(1);
});

test("a statement with NotAction or NotResource is read as what it lets through", async () => {
  const bucket = await buckets.create();
  const inverted = {
    Action: undefined,
    NotAction: "s3:DeleteObject",
    Resource: undefined,
    NotResource: "arn:aws:s3:::B/p/*",
  };
  await buckets.putPolicy(bucket, [statement({ ...everyone, ...inverted })]);
  expect((await buckets.inspect(bucket)).openings).toMatchObject([
    {
      message: expect.stringContaining(
        'statement "Open" of its policy allows all but s3:DeleteObject to "*"',
      ) as string,
    },
  ]);
});
