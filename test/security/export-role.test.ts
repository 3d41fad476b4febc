import { runSimulation } from "@cloud-copilot/iam-simulate";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Moto, startMoto } from "../../local/moto";
import {
  exportRolePolicy,
  exportRoleTrust,
  ExportRoleTrustError,
  type ExportRoleTrustArgs,
  rolePolicyDocument,
  roleTrustDocument,
} from "../../provider/export-role";
import { ExportTargetError } from "../../provider/aws/write-scope";
import { sessionIdentity } from "../../provider/aws/session-identity";
import { sessionPolicy } from "../../provider/aws/session-policy";

const bucket = "acme-exports";
const key = "domo/sales/0123456789ab/e1/export/data.csv.gz";
const externalId = "acme-7f3a";
const callerArn = "arn:aws:iam::123456789012:role/deploy";
const tags = sessionIdentity({ stack: "dev", resource: "sales", dataset: "d1" }).tags;
const denied = { name: "AccessDenied" };
let moto: Moto;
let roleArn: string;

beforeAll(async () => {
  moto = await startMoto();
  await deployerS3().send(new CreateBucketCommand({ Bucket: bucket }));
  roleArn = await createRole("export", { callerArn: moto.deployer.arn, externalId });
}, 120_000);

afterAll(() => moto.stop());

test("the role of the two documents is assumed with tags and a session policy, and writes below the path", async () => {
  const session = await assume(roleArn, externalId);
  await session.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: "a,b" }));
  const { Contents } = await deployerS3().send(new ListObjectsV2Command({ Bucket: bucket }));
  expect(Contents?.map((object) => object.Key)).toEqual([key]);
});

test("the role writes nowhere else, and reads, lists and deletes nothing", async () => {
  const session = await assume(roleArn, externalId);
  for (const Key of ["data.csv", "domo/data.csv", "domo/salesx/data.csv", "domo/sales"])
    await expect(session.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "x" }))).rejects.toMatchObject(denied);
  await expect(session.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).rejects.toMatchObject(denied);
  await expect(session.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))).rejects.toMatchObject(denied);
  await expect(session.send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toMatchObject(denied);
});

test("the role is not assumed with another external id", async () => {
  await expect(assume(roleArn, "somebody-else")).rejects.toMatchObject(denied);
});

test("the role is not assumed by a caller that its trust does not name", async () => {
  await expect(assume(await createRole("closed", { callerArn }), undefined)).rejects.toMatchObject(denied);
});

test("the role's policy is the session's, one level up", async () => {
  const kmsKeyArn = "arn:aws:kms:eu-west-3:123456789012:key/11111111-2222-3333-4444-555555555555";
  const args = { bucket, kmsKeyArn, bucketOwner: "123456789012" };
  const role = await value(exportRolePolicy({ ...args, path: pulumi.output("domo/sales") }));
  expect(role).toBe(sessionPolicy({ ...args, partition: "aws", prefix: "domo/sales" }));
  expect(await value(exportRolePolicy({ bucket, path: "a*", partition: "aws-us-gov" }))).toBe(
    sessionPolicy({ partition: "aws-us-gov", bucket, prefix: "a*" }),
  );
});

test("the trust document names the caller, demands what the export sends and allows no other tag", async () => {
  const trust = await value(exportRoleTrust({ callerArn, externalId, sourceIdentity: "jane" }));
  const Principal = { AWS: callerArn };
  expect(JSON.parse(trust)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal,
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": externalId, "sts:SourceIdentity": "jane" } },
      },
      {
        Effect: "Allow",
        Principal,
        Action: "sts:SetSourceIdentity",
        Condition: { StringEquals: { "sts:SourceIdentity": "jane" } },
      },
      {
        Effect: "Allow",
        Principal,
        Action: "sts:TagSession",
        Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": tags.map(({ Key }) => Key) } },
      },
    ],
  });
});

test("a simulator of IAM lets the caller assume the role and tag the session, and nobody else", async () => {
  const trust = await value(exportRoleTrust({ callerArn, externalId }));
  const context = { "sts:ExternalId": externalId, "aws:TagKeys": tags.map(({ Key }) => Key) };
  expect(await simulateTrust(trust, callerArn, "sts:AssumeRole", context)).toBe("Allowed");
  expect(await simulateTrust(trust, callerArn, "sts:TagSession", context)).toBe("Allowed");
  const others: [string, string, Record<string, string | string[]>][] = [
    ["arn:aws:iam::123456789012:role/other", "sts:AssumeRole", {}],
    ["arn:aws:iam::999999999999:role/deploy", "sts:AssumeRole", {}],
    [callerArn, "sts:AssumeRole", { "sts:ExternalId": "wrong" }],
    [callerArn, "sts:AssumeRole", { "sts:ExternalId": [] }],
    [callerArn, "sts:TagSession", { "aws:TagKeys": ["team"] }],
    [callerArn, "sts:SetSourceIdentity", {}],
  ];
  for (const [principal, action, change] of others)
    expect(await simulateTrust(trust, principal, action, { ...context, ...change })).toMatch(/Denied/);
});

const role = '"arn:aws:iam::123456789012:role/deploy"';
test.each([
  [
    { callerArn: "*" },
    "callerArn",
    `callerArn has a form that can't stand in a trust policy; give a value such as ${role}`,
  ],
  [
    { callerArn: [callerArn, "arn:aws:iam::*:root"] },
    "callerArn",
    `callerArn has a form that can't stand in a trust policy; give a value such as ${role}`,
  ],
  [
    { callerArn, externalId: "${aws:username}" },
    "externalId",
    'externalId has a form that can\'t stand in a trust policy; give a value such as "acme-domo-7f3a"',
  ],
  [
    { callerArn, sourceIdentity: "*" },
    "sourceIdentity",
    'sourceIdentity has a form that can\'t stand in a trust policy; give a value such as "jane.doe"',
  ],
] as const)("a trust for %j is refused", (trust, setting, message) => {
  const args = { ...trust, callerArn: [trust.callerArn].flat() };
  expect(() => roleTrustDocument(args)).toThrow(new ExportRoleTrustError(setting, message));
});

test("a policy for a whole bucket is refused", () => {
  expect(() => rolePolicyDocument({ bucket, path: "" })).toThrow(
    new ExportTargetError("path", 'path "" is the whole bucket; name a folder for exports, such as "domo/sales"'),
  );
});

async function simulateTrust(
  trust: string,
  principal: string,
  action: string,
  contextVariables: Record<string, string | string[]>,
) {
  const answer = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource: "arn:aws:iam::123456789012:role/export", accountId: "123456789012" },
        contextVariables,
      },
      identityPolicies: [],
      resourcePolicy: JSON.parse(trust) as unknown,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === "error") throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult;
}

async function createRole(RoleName: string, trust: ExportRoleTrustArgs): Promise<string> {
  const iam = new IAMClient({ endpoint: moto.endpoint, region: "us-east-1", credentials: moto.deployer });
  const AssumeRolePolicyDocument = await value(exportRoleTrust(trust));
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const PolicyDocument = await value(exportRolePolicy({ bucket, path: "domo/sales" }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "export", PolicyDocument }));
  return Role?.Arn ?? "";
}

async function assume(RoleArn: string, ExternalId: string | undefined): Promise<S3Client> {
  const sts = new STSClient({ endpoint: moto.endpoint, region: "us-east-1", credentials: moto.deployer });
  const Policy = sessionPolicy({ partition: "aws", bucket, prefix: "domo/sales/0123456789ab" });
  const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: "domo", ExternalId, Policy, Tags: tags });
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = (await sts.send(command)).Credentials ?? {};
  return s3({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken });
}

function deployerS3(): S3Client {
  return s3(moto.deployer);
}

function s3(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): S3Client {
  return new S3Client({ endpoint: moto.endpoint, region: "us-east-1", forcePathStyle: true, credentials });
}

/** The value of an output. */
function value(output: pulumi.Output<string>): Promise<string> {
  return (output as unknown as { promise(): Promise<string> }).promise();
}
