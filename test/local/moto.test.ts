import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Moto, startMoto } from "../../local/moto";

const region = "eu-west-3";
let moto: Moto;
let s3: S3Client;

beforeAll(async () => {
  moto = await startMoto();
  s3 = client(moto.deployer);
  await s3.send(
    new CreateBucketCommand({ Bucket: "sales", CreateBucketConfiguration: { LocationConstraint: region } }),
  );
}, 120_000);

afterAll(() => moto.stop());

test("a role writes under its own prefix and nowhere else", async () => {
  const writer = await assume(moto.deployer.arn, "writer");
  await writer.send(new PutObjectCommand({ Bucket: "sales", Key: "exports/a.csv", Body: "a" }));
  const outside = writer.send(new PutObjectCommand({ Bucket: "sales", Key: "other/a.csv", Body: "a" }));
  await expect(outside).rejects.toMatchObject({ name: "AccessDenied" });
  const reading = writer.send(new GetObjectCommand({ Bucket: "sales", Key: "exports/a.csv" }));
  await expect(reading).rejects.toMatchObject({ name: "AccessDenied" });
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: "sales" }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(["exports/a.csv"]);
});

test("a role that trusts somebody else cannot be assumed", async () => {
  const other = assume(moto.deployer.arn.replace("deployer", "somebody-else"), "closed");
  await expect(other).rejects.toMatchObject({ name: "AccessDenied" });
});

test("temporary keys without their session token are refused", async () => {
  const writer = await assume(moto.deployer.arn, "tokenless");
  const { accessKeyId, secretAccessKey } = await writer.config.credentials();
  const put = client({ accessKeyId, secretAccessKey }).send(
    new PutObjectCommand({ Bucket: "sales", Key: "exports/b.csv", Body: "b" }),
  );
  await expect(put).rejects.toMatchObject({ name: "InvalidAccessKeyId" });
});

test("a wrong secret is refused", async () => {
  const list = client({ ...moto.deployer, secretAccessKey: "wrong" }).send(
    new ListObjectsV2Command({ Bucket: "sales" }),
  );
  await expect(list).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
});

test("the deployer is the caller that trust policies name", async () => {
  const sts = new STSClient(settings(moto.deployer));
  const { Arn, Account } = await sts.send(new GetCallerIdentityCommand({}));
  expect({ Arn, Account }).toEqual({ Arn: moto.deployer.arn, Account: moto.accountId });
});

test("without enforcement any key may do anything", async () => {
  const open = await startMoto({ enforceIam: false });
  try {
    const anybody = new S3Client({
      ...settings({ accessKeyId: "any", secretAccessKey: "any" }),
      endpoint: open.endpoint,
    });
    await anybody.send(
      new CreateBucketCommand({ Bucket: "open", CreateBucketConfiguration: { LocationConstraint: region } }),
    );
  } finally {
    await open.stop();
  }
}, 30_000);

function settings(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) {
  return { endpoint: moto.endpoint, region, credentials, forcePathStyle: true };
}

function client(credentials: Parameters<typeof settings>[0]): S3Client {
  return new S3Client(settings(credentials));
}

async function assume(trusted: string, RoleName: string): Promise<S3Client> {
  const iam = new IAMClient(settings(moto.deployer));
  const trust = [{ Effect: "Allow", Principal: { AWS: trusted }, Action: "sts:AssumeRole" }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: trust });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const write = [{ Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::sales/exports/*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: write });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "write", PolicyDocument }));
  const sts = new STSClient(settings(moto.deployer));
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "test" }));
  return client({
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken,
  });
}
