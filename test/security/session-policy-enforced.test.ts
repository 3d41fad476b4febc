import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Minio, startMinio } from "../../local/minio";
import { terminalProgress } from "../../local/progress";
import { objectPolicy, sessionPolicy } from "../../provider/aws/session-policy";

const bucket = "exports";
const prefix = "domo/sales/0123456789ab";
let minio: Minio;
let root: S3Client;

beforeAll(async () => {
  minio = await startMinio({ progress: terminalProgress() });
  root = new S3Client(settings(minio.root));
  for (const Bucket of [bucket, "other"]) await root.send(new CreateBucketCommand({ Bucket }));
}, 900_000);

afterAll(() => minio.stop());

test("the session writes below its prefix", async () => {
  const session = await assume(policyFor(prefix));
  await session.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/e1/export/data.csv.gz`, Body: "a,b" }));
  const { Body } = await root.send(new GetObjectCommand({ Bucket: bucket, Key: `${prefix}/e1/export/data.csv.gz` }));
  expect(await Body?.transformToString()).toBe("a,b");
});

test("the session uploads in parts, and gives an upload up", async () => {
  const session = await assume(policyFor(prefix));
  const at = { Bucket: bucket, Key: `${prefix}/e2/export/data.csv.gz` };
  const { UploadId } = await session.send(new CreateMultipartUploadCommand(at));
  await session.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: "part" }));
  await session.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
});

test.each([
  ["the root of the bucket", { Bucket: bucket, Key: "data.csv.gz" }],
  ["a neighbour that starts alike", { Bucket: bucket, Key: `${prefix}x/data.csv.gz` }],
  ["the definition next door", { Bucket: bucket, Key: "domo/sales/ffffffffffff/e1/export/data.csv.gz" }],
  ["the folder above", { Bucket: bucket, Key: "domo/sales/data.csv.gz" }],
  ["another bucket", { Bucket: "other", Key: `${prefix}/e1/export/data.csv.gz` }],
])("a put into %s is refused", async (_place, at) => {
  const session = await assume(policyFor(prefix));
  await expect(session.send(new PutObjectCommand({ ...at, Body: "x" }))).rejects.toMatchObject({
    name: "AccessDenied",
  });
  await expect(root.send(new HeadObjectCommand(at))).rejects.toMatchObject({ name: "NotFound" });
});

test("the session reads, lists and deletes nothing, not even what it wrote", async () => {
  const session = await assume(policyFor(prefix));
  const at = { Bucket: bucket, Key: `${prefix}/e3/export/data.csv.gz` };
  await session.send(new PutObjectCommand({ ...at, Body: "secret" }));
  const denied = { name: "AccessDenied" };
  await expect(session.send(new GetObjectCommand(at))).rejects.toMatchObject(denied);
  await expect(session.send(new DeleteObjectCommand(at))).rejects.toMatchObject(denied);
  await expect(session.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))).rejects.toMatchObject(
    denied,
  );
  await expect(session.send(new HeadObjectCommand(at))).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  await root.send(new HeadObjectCommand(at));
});

test("without the session policy the same user may write anywhere", async () => {
  const session = await assume(undefined);
  await session.send(new PutObjectCommand({ Bucket: bucket, Key: "anywhere", Body: "x" }));
});

test.each([
  ["*", "a*b", "a-and-b/data.csv"],
  ["?", "a?b", "axb/data.csv"],
  ["a variable", "${aws:username}", "root-user/data.csv"],
])("a path with %s opens nothing beside it, though raw it would", async (_what, path, key) => {
  const at = { Bucket: bucket, Key: key };
  const raw = await assume(policyFor("plain").replace("plain", () => path));
  await raw.send(new PutObjectCommand({ ...at, Body: "x" }));
  // MinIO does not know IAM's three escapes: it refuses the literal path too, which the evaluators of IAM allow.
  const session = await assume(policyFor(path));
  await expect(session.send(new PutObjectCommand({ ...at, Body: "x" }))).rejects.toMatchObject({
    name: "AccessDenied",
  });
});

const manifest = { Bucket: bucket, Key: "domo/sales/_orders.manifest.json" };

test("the manifest's session writes this one object, and only where there is none when it says so", async () => {
  const session = await assume(manifestPolicyFor("domo/sales"));
  await session.send(new PutObjectCommand({ ...manifest, Body: "1", IfNoneMatch: "*" }));
  await expect(session.send(new PutObjectCommand({ ...manifest, Body: "2", IfNoneMatch: "*" }))).rejects.toMatchObject({
    name: "PreconditionFailed",
  });
  await session.send(new PutObjectCommand({ ...manifest, Body: "3" }));
  expect(await (await root.send(new GetObjectCommand(manifest))).Body?.transformToString()).toBe("3");
});

test.each([
  ["the data's folder", { Bucket: bucket, Key: `${prefix}/e1/export/data.csv.gz` }],
  ["a key below the manifest's", { Bucket: bucket, Key: `${manifest.Key}/data.csv.gz` }],
  ["a key that starts with the manifest's", { Bucket: bucket, Key: `${manifest.Key}.gz` }],
  ["another resource's manifest", { Bucket: bucket, Key: "domo/sales/_returns.manifest.json" }],
  ["another bucket", { Bucket: "other", Key: manifest.Key }],
])("the manifest's session may not put into %s", async (_place, at) => {
  const session = await assume(manifestPolicyFor("domo/sales"));
  await expect(session.send(new PutObjectCommand({ ...at, Body: "x" }))).rejects.toMatchObject({
    name: "AccessDenied",
  });
});

test("the manifest's session reads, lists, deletes and uploads in parts nothing", async () => {
  const session = await assume(manifestPolicyFor("domo/sales"));
  await root.send(new PutObjectCommand({ ...manifest, Body: "kept" }));
  const denied = { name: "AccessDenied" };
  await expect(session.send(new GetObjectCommand(manifest))).rejects.toMatchObject(denied);
  await expect(session.send(new DeleteObjectCommand(manifest))).rejects.toMatchObject(denied);
  await expect(session.send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toMatchObject(denied);
  expect(await (await root.send(new GetObjectCommand(manifest))).Body?.transformToString()).toBe("kept");
});

function manifestPolicyFor(path: string): string {
  return objectPolicy({ partition: "aws", bucket, prefix: path }, `${path}/_orders.manifest.json`);
}

function policyFor(path: string): string {
  return sessionPolicy({ partition: "aws", bucket, prefix: path });
}

async function assume(Policy: string | undefined): Promise<S3Client> {
  const sts = new STSClient(settings(minio.root));
  const command = new AssumeRoleCommand({ RoleArn: "arn:minio:iam:::role/any", RoleSessionName: "domo", Policy });
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = (await sts.send(command)).Credentials ?? {};
  return new S3Client(
    settings({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }),
  );
}

function settings(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) {
  return { endpoint: minio.endpoint, region: "us-east-1", forcePathStyle: true, credentials };
}
