import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo, type ExportAnswer, finished } from "./domo-call";
import { region, startLocalS3 } from "./local-s3";
import { exportBody, options } from "./small-dataset";

let s3: Awaited<ReturnType<typeof startLocalS3>>;
let emulator: Emulator;
let keys: { awsAccessKey: string; awsAccessSecret: string; sessionToken: string };

beforeAll(async () => {
  s3 = await startLocalS3(true);
  await s3.createBucket("exports");
  const settings = { endpoint: s3.endpoint, region, credentials: s3.moto.deployer };
  const iam = new IAMClient(settings);
  const RoleName = "writer";
  const trust = [{ Effect: "Allow", Principal: { AWS: s3.moto.deployer.arn }, Action: "sts:AssumeRole" }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: trust });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const write = [{ Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::exports/team/*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: write });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "write", PolicyDocument }));
  const assume = new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "test" });
  const { Credentials } = await new STSClient(settings).send(assume);
  keys = {
    awsAccessKey: Credentials?.AccessKeyId ?? "",
    awsAccessSecret: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
  const regionProbe = s3.moto.deployer;
  emulator = await startEmulator({ ...options, reuse: "never", s3Endpoint: s3.endpoint, regionProbe });
}, 120_000);
afterAll(async () => {
  await emulator.close();
  await s3.stop();
});

async function run(changes: object): Promise<ExportAnswer> {
  const body = exportBody({ ...keys, ...changes });
  const answer = (await domo(emulator.url, "/api/query/v1/export/sales", { body })).body as ExportAnswer;
  return finished(emulator.url, answer.exportId);
}

test("an export may do what its credentials may, and no more", async () => {
  expect(await run({})).toMatchObject({ exportStatus: "success", errorCode: null });
  expect(await run({ path: "elsewhere" })).toMatchObject({ exportStatus: "error", errorCode: "AccessDenied" });
  expect(await run({ awsAccessSecret: "wrong" })).toMatchObject({ errorCode: "SignatureDoesNotMatch" });
  expect(await s3.keys("exports")).toHaveLength(1);
});

test("a session token under another name is ignored, so S3 refuses the keys", async () => {
  const renamed = { sessionToken: undefined, awsSessionToken: keys.sessionToken };
  expect(await run(renamed)).toMatchObject({ exportStatus: "error", errorCode: "InvalidAccessKeyId" });
  await emulator.control.setOptions({ sessionTokenField: "awsSessionToken" });
  expect(await run(renamed)).toMatchObject({ exportStatus: "success" });
  await emulator.control.setOptions({ sessionTokenField: "sessionToken" });
});

test("the bucket's region is known even where the credentials may not ask", async () => {
  expect(await run({ region: "us-east-1" })).toMatchObject({ exportStatus: "error", errorCode: "PermanentRedirect" });
});
