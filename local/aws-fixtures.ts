import { randomUUID } from "node:crypto";
import type { BucketLocationConstraint } from "@aws-sdk/client-s3";
import type { Moto } from "./moto";

/** The S3 of a local AWS, seen as the deployer sees it: the independent route by which tests check effects. */
export interface S3View {
  /** @param region where; by default that of the test cloud */
  createBucket(bucket: string, region?: string): Promise<void>;
  /** Removes a bucket with all that is in it. */
  removeBucket(bucket: string): Promise<void>;
  /** All that a listing tells of each object: also the same bytes written again are told apart, by their time. */
  listing(bucket: string): Promise<string[]>;
  keys(bucket: string, prefix?: string): Promise<string[]>;
  /** As `keys`, without manifests. */
  dataKeys(bucket: string, prefix?: string): Promise<string[]>;
  get(bucket: string, key: string): Promise<Buffer>;
  put(bucket: string, key: string, body: string | Uint8Array): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
}

const REGION = "eu-west-3";

/** Opens the view. */
export function s3Of(moto: Moto): S3View {
  const client = deployerS3(moto);
  const view: S3View = {
    async createBucket(Bucket, region = REGION) {
      const { sdk, s3 } = await deployerS3(moto, region);
      const CreateBucketConfiguration = { LocationConstraint: region as BucketLocationConstraint };
      await s3.send(new sdk.CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
      const closed = {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      };
      await s3.send(new sdk.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: closed }));
      const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }];
      await s3.send(new sdk.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    },
    async removeBucket(Bucket) {
      const { sdk, s3 } = await client;
      const { Contents = [] } = await s3.send(new sdk.ListObjectsV2Command({ Bucket }));
      for (const { Key } of Contents) await s3.send(new sdk.DeleteObjectCommand({ Bucket, Key }));
      await s3.send(new sdk.DeleteBucketCommand({ Bucket }));
    },
    async listing(Bucket) {
      const { sdk, s3 } = await client;
      const { Contents = [] } = await s3.send(new sdk.ListObjectsV2Command({ Bucket }));
      return Contents.map(
        ({ Key, Size, ETag, LastModified }) => `${Key} ${Size} ${ETag} ${LastModified?.toISOString()}`,
      );
    },
    async keys(Bucket, Prefix) {
      const { sdk, s3 } = await client;
      const { Contents = [] } = await s3.send(new sdk.ListObjectsV2Command({ Bucket, Prefix }));
      return Contents.map(({ Key = "" }) => Key);
    },
    dataKeys: async (bucket, prefix) =>
      (await view.keys(bucket, prefix)).filter((key) => !key.endsWith(".manifest.json")),
    async get(Bucket, Key) {
      const { sdk, s3 } = await client;
      const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async put(Bucket, Key, Body) {
      const { sdk, s3 } = await client;
      await s3.send(new sdk.PutObjectCommand({ Bucket, Key, Body }));
    },
    async remove(Bucket, Key) {
      const { sdk, s3 } = await client;
      await s3.send(new sdk.DeleteObjectCommand({ Bucket, Key }));
    },
  };
  return view;
}

/** Creates a role that the deployer may assume and that may write below `bucket/prefix/`. Returns its ARN. */
export async function createRole(moto: Moto, { bucket, prefix }: { bucket: string; prefix: string }): Promise<string> {
  const { IAMClient, CreateRoleCommand, PutRolePolicyCommand } = await import("@aws-sdk/client-iam");
  const { accessKeyId, secretAccessKey } = moto.deployer;
  const iam = new IAMClient({
    region: "us-east-1",
    endpoint: moto.endpoint,
    credentials: { accessKeyId, secretAccessKey },
  });
  const RoleName = `export-${randomUUID().slice(0, 8)}`;
  const trust = [
    { Effect: "Allow", Principal: { AWS: moto.deployer.arn }, Action: ["sts:AssumeRole", "sts:TagSession"] },
  ];
  const write = [
    {
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:AbortMultipartUpload"],
      Resource: `arn:aws:s3:::${bucket}/${prefix}/*`,
    },
  ];
  const document = (Statement: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "write", PolicyDocument: document(write) }));
  return Role?.Arn ?? "";
}

/** Creates the role `untrusting`, which somebody else may assume. */
export async function createUntrustingRole({ endpoint, deployer }: Moto): Promise<void> {
  const { IAMClient, CreateRoleCommand } = await import("@aws-sdk/client-iam");
  const iam = new IAMClient({ region: "us-east-1", endpoint, credentials: deployer });
  const somebody = "arn:aws:iam::123456789012:user/somebody-else";
  const trust = { Effect: "Allow", Principal: { AWS: somebody }, Action: "sts:AssumeRole" };
  const document = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  await iam.send(new CreateRoleCommand({ RoleName: "untrusting", AssumeRolePolicyDocument: document }));
}

/** Lets everybody read a bucket, by its policy. */
export async function openBucket(moto: Moto, Bucket: string): Promise<void> {
  const { sdk, s3 } = await deployerS3(moto);
  await s3.send(new sdk.DeletePublicAccessBlockCommand({ Bucket }));
  const statement = {
    Sid: "Everybody",
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  await s3.send(
    new sdk.PutBucketPolicyCommand({
      Bucket,
      Policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    }),
  );
}

/** Takes the policy of {@link openBucket} away. */
export async function closeBucket(moto: Moto, Bucket: string): Promise<void> {
  const { sdk, s3 } = await deployerS3(moto);
  await s3.send(new sdk.DeleteBucketPolicyCommand({ Bucket }));
}

async function deployerS3(moto: Moto, region = REGION) {
  const { accessKeyId, secretAccessKey } = moto.deployer;
  const sdk = await import("@aws-sdk/client-s3");
  const credentials = { accessKeyId, secretAccessKey };
  return { sdk, s3: new sdk.S3Client({ region, endpoint: moto.endpoint, credentials, forcePathStyle: true }) };
}
