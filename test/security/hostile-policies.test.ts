import { runSimulation } from "@cloud-copilot/iam-simulate";
import fc from "fast-check";
import { expect, test } from "vitest";
import { confinement, fixedAccount } from "../../provider/audience/policy-condition";
import { policyExposures } from "../../provider/audience/policy-statements";
import { foreign, own, policyOf, statement } from "./bucket-statements";

const everyone = { Principal: "*" };
const roleOfOwn = `arn:aws:iam::${own}:role/reader`;
const keys = ["aws:principalaccount", "aws:principalarn"];

function kindsOf(rest: object, ownAccounts = [own]): string[] {
  const context = { bucket: "B", prefix: "domo/sales", ownAccounts };
  return policyExposures(policyOf(statement(rest)), context, "owner-id").map(({ kind }) => kind);
}

/** Programs of somebody who wants to look closed and be open. */
test.each<[string, object, string]>([
  ["a partition that is not the role's", { ...everyone, Resource: "arn:aws-cn:s3:::B/*" }, "everyone"],
  [
    "GovCloud's partition, of another account",
    { Principal: { AWS: foreign }, Resource: "arn:aws-us-gov:s3:::B/*" },
    "account",
  ],
  ["a partition by wildcard", { ...everyone, Resource: "arn:aws-*:s3:::B/*" }, "everyone"],
  ["a partition by variable", { ...everyone, Resource: "arn:${aws:partition}:s3:::B/*" }, "everyone"],
  ["a bucket's name by wildcard", { ...everyone, Resource: "arn:aws:s3:::?/*" }, "everyone"],
  ["a key by variable", { ...everyone, Resource: "arn:aws:s3:::B/${aws:username}/*" }, "everyone"],
  ["one character of the path by wildcard", { ...everyone, Resource: "arn:aws:s3:::B/domo/sale?/e1/*" }, "everyone"],
  [
    "one harmless resource first",
    { ...everyone, Resource: ["arn:aws:s3:::B/public/*", "arn:aws:s3:::B/domo/sales/*"] },
    "everyone",
  ],
  ["everybody's listing alone", { ...everyone, Action: "s3:ListBucket", Resource: "arn:aws:s3:::B" }, "everyone"],
  ["old versions alone", { ...everyone, Action: "s3:GetObjectVersion" }, "everyone"],
  [
    "old versions for a service",
    { Principal: { Service: "macie.amazonaws.com" }, Action: "s3:GetObjectVersion" },
    "service",
  ],
  [
    "an action in odd case",
    { Principal: { Service: "x.amazonaws.com" }, Action: ["S3:PUTOBJECT", "s3:GetObject"] },
    "service",
  ],
  [
    "a service that may put whatever matches",
    { Principal: { Service: "x.amazonaws.com" }, Action: "s3:Put*" },
    "service",
  ],
  [
    "a service with NotAction",
    { Principal: { Service: "x.amazonaws.com" }, Action: undefined, NotAction: "s3:PutObject" },
    "service",
  ],
  ["CloudFront in odd case", { Principal: { Service: "CloudFront.amazonaws.com" }, Action: "s3:PutObject" }, "service"],
  ["both Principal and NotPrincipal", { Principal: { AWS: own }, NotPrincipal: { AWS: own } }, "everyone"],
  ["the own account among everyone", { Principal: { AWS: [own, "*"] } }, "everyone"],
  ["another account, and everyone behind it", { Principal: { AWS: [foreign, "*"] } }, "everyone"],
  ["the own account as a part of a longer number", { Principal: { AWS: `${own}0` } }, "account"],
  [
    "the own account in the name of another's role",
    { Principal: { AWS: `arn:aws:iam::${foreign}:role/${own}` } },
    "account",
  ],
  ["another canonical user than the owner", { Principal: { CanonicalUser: ["owner-id", "other-id"] } }, "account"],
  [
    "an empty list of accounts",
    { ...everyone, Condition: { StringEquals: { "aws:PrincipalAccount": [] } } },
    "everyone",
  ],
  [
    "the own account or anybody",
    { ...everyone, Condition: { StringEquals: { "aws:PrincipalAccount": [own, "*"] } } },
    "everyone",
  ],
  [
    "an account by pattern",
    { ...everyone, Condition: { StringLike: { "aws:PrincipalAccount": "12345678901?" } } },
    "everyone",
  ],
  [
    "an ARN that begins like an own one",
    { ...everyone, Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*" } } },
    "everyone",
  ],
  ["no account at all", { ...everyone, Condition: { Null: { "aws:PrincipalAccount": "true" } } }, "everyone"],
  [
    "the source's account, for people",
    { ...everyone, Condition: { StringEquals: { "aws:SourceAccount": own } } },
    "everyone",
  ],
  [
    "the caller's account, for a service",
    { Principal: { Service: "x.amazonaws.com" }, Condition: { StringEquals: { "aws:PrincipalAccount": own } } },
    "service",
  ],
  [
    "a source that has no account",
    { Principal: { Service: "x.amazonaws.com" }, Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::B" } } },
    "service",
  ],
  ["every organization", { ...everyone, Condition: { StringLike: { "aws:PrincipalOrgID": "*" } } }, "everyone"],
  [
    "every address",
    { ...everyone, Condition: { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0"] } } },
    "everyone",
  ],
  ["every address of IPv6", { ...everyone, Condition: { IpAddress: { "aws:SourceIp": "::/0" } } }, "everyone"],
  [
    "all addresses but some",
    { ...everyone, Condition: { NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
    "everyone",
  ],
  [
    "some addresses",
    { ...everyone, Condition: { IpAddress: { "aws:SourceIp": ["10.0.0.0/16", "10.1.0.0/8"] } } },
    "network",
  ],
  ["half of all addresses", { ...everyone, Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/1" } } }, "everyone"],
])("a statement for %s is found", (_what, rest, kind) => {
  expect(kindsOf(rest)).toEqual([kind]);
});

test.each<[string, object]>([
  ["another bucket", { ...everyone, Resource: "arn:aws:s3:::B-2/*" }],
  ["another bucket whose name ends alike", { ...everyone, Resource: "arn:aws:s3:::AB/*" }],
  ["a key beside the path", { ...everyone, Resource: "arn:aws:s3:::B/domo/sales-2/*" }],
  ["the path itself as a key", { ...everyone, Resource: "arn:aws:s3:::B/domo/sales" }],
  ["the owner by canonical id", { Principal: { CanonicalUser: "owner-id" } }],
  [
    "the own account by condition in odd case",
    { ...everyone, Condition: { STRINGEQUALS: { "AWS:principalACCOUNT": own } } },
  ],
  [
    "an own role by each form of ARN",
    { ...everyone, Condition: { ArnEquals: { "aws:PrincipalArn": [roleOfOwn, `arn:aws-cn:iam::${own}:root`] } } },
  ],
  [
    "a service for an own source",
    {
      Principal: { Service: "x.amazonaws.com" },
      Condition: { ArnLike: { "aws:SourceArn": `arn:aws:sns:eu-west-3:${own}:*` } },
    },
  ],
  [
    "a delivery in odd case",
    { Principal: { Service: "x.amazonaws.com" }, Action: ["S3:PUTOBJECT", "s3:getbucketacl"] },
  ],
  ["a Deny", { ...everyone, Effect: "Deny" }],
])("a statement for %s opens nothing", (_what, rest) => {
  expect(kindsOf(rest)).toEqual([]);
});

test.each(["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"])(
  "%s confines a request, in any case of its letters",
  (operator) => {
    for (const name of [operator, operator.toUpperCase()]) {
      expect(confinement({ [name]: { "aws:PrincipalArn": [roleOfOwn] } }, keys)?.accounts).toEqual([own]);
      expect(confinement({ [name]: { "aws:PrincipalOrgID": ["o-1"] } }, keys)?.kind).toBe("organization");
    }
  },
);

test.each([
  ...["StringNotEquals", "StringNotLike", "ArnNotEquals", "ArnNotLike", "Null", "Bool", "NumericEquals", "DateEquals"],
  ...[
    "StringEqualsIfExists",
    "ArnLikeIfExists",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringEquals",
    "NotIpAddress",
  ],
])("%s confines nobody", (operator) => {
  for (const key of ["aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:SourceIp"])
    expect(confinement({ [operator]: { [key]: [own] } }, keys)).toEqual({
      kind: "everyone",
      explanation: `on ${key} does not limit it to certain accounts`,
    });
});

test.each([
  ["aws:PrincipalOrgID", "organization", "lets in every account of that organization"],
  ["aws:PrincipalOrgPaths", "organization", "lets in every account of that part of the organization"],
  ["aws:SourceOrgID", "organization", "lets in every account of that organization"],
  ["aws:SourceVpce", "network", "lets in anyone who comes through that endpoint, of any account"],
  ["aws:SourceVpc", "network", "lets in anyone who comes from that network, of any account"],
  ["aws:SourceIp", "network", "lets in anyone who comes from those addresses, of any account"],
  ["aws:VpcSourceIp", "network", "lets in anyone who comes from those addresses, of any account"],
  ["s3:DataAccessPointAccount", "unclear", "hands the decision to access points, whose policies are not read here"],
  ["s3:DataAccessPointArn", "unclear", "hands the decision to access points, whose policies are not read here"],
])("%s names no accounts but a kind of its own: %s", (key, kind, explanation) => {
  const expected = { kind, explanation: `on ${key} ${explanation}` };
  expect(confinement({ StringEquals: { [key]: ["10.0.0.0/8"] } }, keys)).toEqual(expected);
  expect(confinement({ IPADDRESS: { [key]: ["10.0.0.0/8"] } }, keys)).toEqual(expected);
  for (const boundless of ["*", "**", "?", "", "0.0.0.0/7"])
    expect(confinement({ StringLike: { [key]: ["x", boundless] } }, keys)).toMatchObject({ kind: "everyone" });
});

test("accounts count before anything else that a condition tests, wherever they stand", () => {
  const account = { StringEquals: { "aws:PrincipalAccount": [own] } };
  const network = { IpAddress: { "aws:SourceIp": ["10.0.0.0/8"] } };
  const other = { Bool: { "aws:SecureTransport": ["true"] } };
  const confined = { kind: "account", accounts: [own], explanation: `on aws:PrincipalAccount lets in ${own}` };
  expect(confinement({ ...network, ...other, ...account }, keys)).toEqual(confined);
  expect(confinement({ ...account, ...network }, keys)).toEqual(confined);
  expect(confinement({ ...other, ...network }, keys)).toMatchObject({ kind: "network" });
  expect(confinement({ ...other, Null: { "aws:x": ["true"] } }, keys)).toEqual({
    kind: "everyone",
    explanation: "on aws:SecureTransport, aws:x does not limit it to certain accounts",
  });
  expect(confinement({ StringEquals: { "aws:PrincipalAccount": ["1", own] }, ...network }, keys)?.kind).toBe("network");
});

test("without a condition nothing confines", () => {
  expect(confinement(undefined, keys)).toBeUndefined();
  expect(confinement({}, keys)).toBeUndefined();
  expect(confinement({ StringEquals: {} }, keys)).toBeUndefined();
});

test.each([
  [own, own],
  [`arn:aws:iam::${own}:root`, own],
  [`arn:aws-us-gov:sts::${own}:assumed-role/r/s`, own],
  [`arn:aws:cloudtrail:eu-west-3:${own}:trail/*`, own],
  [`${own}1`, undefined],
  [`1${own}`, undefined],
  [own.slice(1), undefined],
  [`arn:aws:iam::${own}`, undefined],
  [`arn:aws:iam::${own}1:root`, undefined],
  [`xarn:aws:iam::${own}:root`, undefined],
  [`arn:*:iam::${own}:root`, undefined],
  [`arn:aws*:iam::${own}:root`, undefined],
  [`arn:aws:*:${own}:root`, undefined],
  [`arn:aws:iam:*:${own}:root`, undefined],
  ["arn:aws:s3:::bucket", undefined],
  ["*", undefined],
])("the account in %s is %s", (value, account) => {
  expect(fixedAccount(value)).toBe(account);
});

const principal = fc.constantFrom<object>(
  { Principal: "*" },
  ...[own, foreign, `arn:aws:iam::${own}:root`, `arn:aws:iam::${foreign}:root`].map((AWS) => ({ Principal: { AWS } })),
  { Principal: { AWS: [own, foreign] } },
  { Principal: { AWS: "*" } },
  { Principal: { AWS: `arn:aws:iam::${foreign}:user/jane` } },
);
const value = fc.constantFrom(own, foreign, "*", "99999999999?", `arn:aws:iam::${foreign}:*`, `arn:aws:iam::${own}:*`);
const operator = fc.constantFrom(
  ...[
    "StringEquals",
    "StringLike",
    "StringNotEquals",
    "StringEqualsIfExists",
    "ArnLike",
    "ArnNotLike",
    "StringNotLike",
  ],
);
const condition = fc
  .array(
    fc.tuple(
      operator,
      fc.constantFrom("aws:PrincipalAccount", "aws:PrincipalArn"),
      fc.array(value, { minLength: 1, maxLength: 2 }),
    ),
    { maxLength: 2 },
  )
  .map((tests) =>
    tests.reduce<Record<string, object>>(
      (all, [name, key, values]) => ({ ...all, [name]: { ...all[name], [key]: values } }),
      {},
    ),
  );
const resource = fc.constantFrom(
  ...[
    "*",
    "B/*",
    "B",
    "B/domo/*",
    "B/domo/sales/e1/*",
    "B/domo/s?les/*",
    "B/public/*",
    "B/*/data.csv",
    "B*",
    "?/domo/sales/*",
  ].map((place) => (place === "*" ? place : `arn:aws:s3:::${place}`)),
);
const action = fc.constantFrom("s3:GetObject", "s3:*", "*", "s3:Get*", "s3:PutObject");
const anyStatement = fc
  .tuple(principal, condition, resource, action)
  .map(([who, Condition, Resource, Action]) =>
    statement({ ...who, Resource, Action, ...(Object.keys(Condition).length > 0 && { Condition }) }),
  );

test("where an independent simulator of IAM lets another account read or write, an exposure is found", async () => {
  let allowed = 0;
  const verdict = fc.asyncProperty(fc.array(anyStatement, { minLength: 1, maxLength: 2 }), async (statements) => {
    const policy = policyOf(...statements);
    const found = policyExposures(policy, { bucket: "B", prefix: "domo/sales", ownAccounts: [own] }, undefined);
    for (const asked of ["s3:GetObject", "s3:PutObject"]) {
      if (!(await letsForeignIn(policy, asked))) continue;
      allowed++;
      expect(found).not.toEqual([]);
    }
  });
  await fc.assert(verdict, { numRuns: 400 });
  expect(allowed).toBeGreaterThan(50);
});

async function letsForeignIn(policy: string, asked: string): Promise<boolean> {
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${foreign}:user/jane`,
        action: asked,
        resource: { resource: "arn:aws:s3:::B/domo/sales/e1/data.csv", accountId: own },
        contextVariables: {},
      },
      identityPolicies: [{ name: "user", policy: everything }],
      resourcePolicy: JSON.parse(policy) as unknown,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === "error") throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === "Allowed";
}
