import { DeletePublicAccessBlockCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetRoleCommand, GetRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cloudEnvironment } from "../../local/cloud-environment";
import { findEngine } from "../../local/engine";
import { type Moto, startMoto } from "../../local/moto";
import { preparePluginHome } from "../../local/plugin-home";
import { createWorkspace, type Workspace } from "../../local/workspace";

const program = `
const aws = require("@pulumi/aws");
const pulumi = require("@pulumi/pulumi");
const bucket = new aws.s3.Bucket("sales", { forceDestroy: true, tags: { team: "sales" } });
new aws.s3.BucketPublicAccessBlock("sales", {
  bucket: bucket.bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true,
});
new aws.s3.BucketServerSideEncryptionConfiguration("sales", {
  bucket: bucket.bucket,
  rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
});
const caller = aws.getCallerIdentityOutput();
const role = new aws.iam.Role("writer", {
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: caller.arn }, Action: "sts:AssumeRole" }],
  }),
});
new aws.iam.RolePolicy("write", {
  role: role.name,
  policy: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["s3:PutObject"], Resource: pulumi.interpolate\`\${bucket.arn}/PREFIX/*\` }],
  },
});
exports.bucket = bucket.bucket;
exports.role = role.name;
exports.policy = "write";
`;

let moto: Moto;
let workspace: Workspace;
let s3: S3Client;
let iam: IAMClient;

beforeAll(async () => {
  moto = await startMoto();
  const { deployer: credentials, endpoint } = moto;
  s3 = new S3Client({ endpoint, region: "eu-west-3", credentials, forcePathStyle: true });
  iam = new IAMClient({ endpoint, region: "eu-west-3", credentials });
  const env = cloudEnvironment({
    engine: await findEngine(),
    home: await preparePluginHome(),
    state: mkdtempSync(`${tmpdir()}/state-`),
    awsEndpoint: moto.endpoint,
    deployer: moto.deployer,
    domoUrl: "http://127.0.0.1:1",
    domoToken: "none",
  });
  workspace = await createWorkspace({ env, files: { "index.js": program.replace("PREFIX", "exports") } });
}, 60_000);

afterAll(async () => {
  workspace?.remove();
  await moto?.stop();
});

async function pulumi(...args: string[]) {
  const { code, stdout, stderr } = await workspace.run(args);
  return { code, text: stdout + stderr };
}

test("bucket, role and policy live through a stack's whole life", { timeout: 120_000 }, async () => {
  const preview = await pulumi("preview");
  expect(preview).toMatchObject({ code: 0, text: expect.stringMatching(/6 to create/) as string });
  expect((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);

  expect(await pulumi("up", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  const outputs = JSON.parse((await workspace.run(["stack", "output", "--json"])).stdout) as Record<string, string>;
  const [Bucket = "", RoleName = ""] = [outputs.bucket, outputs.role];
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toContain(moto.deployer.arn);

  const again = await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  expect(again, again.text).toMatchObject({ code: 0 });
  const refreshed = await pulumi("refresh", "--preview-only", "--expect-no-changes");
  expect(refreshed, refreshed.text).toMatchObject({ code: 0 });

  workspace.write({ "index.js": program.replace("PREFIX", "elsewhere") });
  expect(await pulumi("up", "--yes", "--skip-preview")).toMatchObject({
    code: 0,
    text: expect.stringMatching(/1 updated/) as string,
  });
  const { resources = [] } = (await workspace.stackExport()).deployment;
  const policyName = resources.find(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")?.id?.split(":")[1] ?? "";
  const policy = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: policyName }));
  expect(decodeURIComponent(policy.PolicyDocument ?? "")).toContain(`arn:aws:s3:::${Bucket}/elsewhere/*`);

  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  const drift = await pulumi("refresh", "--preview-only", "--expect-no-changes");
  expect(drift.code, drift.text).not.toBe(0);
  expect(await pulumi("refresh", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  expect((await pulumi("up", "--yes", "--skip-preview")).text).toMatch(/1 created/);

  await s3.send(new PutObjectCommand({ Bucket, Key: "left/behind", Body: "x" }));
  const destroyed = await pulumi("destroy", "--yes", "--skip-preview");
  expect(destroyed, destroyed.text).toMatchObject({ code: 0 });
  expect((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
});

test("an argument that the stand-in does not know is refused, not dropped", { timeout: 60_000 }, async () => {
  workspace.write({
    "index.js": `new (require("@pulumi/aws").s3.Bucket)("sales", { versioning: { enabled: true } });`,
  });
  const preview = await pulumi("preview");
  expect(preview.code).not.toBe(0);
  expect(preview.text).toContain("versioning");
});
