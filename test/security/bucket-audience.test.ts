import { PutBucketAclCommand, PutBucketEncryptionCommand, PutBucketWebsiteCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accept, foreign, own, statement } from "./bucket-statements";
import { startBuckets } from "./open-buckets";

const everyone = { Principal: "*" };

let buckets: Awaited<ReturnType<typeof startBuckets>>;

beforeAll(async () => {
  buckets = await startBuckets();
}, 120_000);

afterAll(() => buckets.stop());

test("a policy is judged as S3 returns it", async () => {
  const bucket = await buckets.create();
  const open = statement({ Sid: "Auditor", Principal: { AWS: [`arn:aws:iam::${foreign}:root`, own] } });
  await buckets.putPolicy(bucket, [statement({ Sid: "Own", Principal: { AWS: own } }), open]);
  const { exposures, unreadable } = await buckets.inspect(bucket);
  expect(unreadable).toEqual([]);
  expect(exposures).toMatchObject([
    {
      kind: "account",
      principals: [`"arn:aws:iam::${foreign}:root"`],
      fact: `bucket "${bucket}" is open to another account: statement "Auditor" of its policy allows s3:GetObject to "arn:aws:iam::${foreign}:root"`,
    },
  ]);
  await buckets.putPolicy(bucket, [statement({ Principal: { AWS: own } })]);
  expect(await buckets.inspect(bucket)).toMatchObject({ exposures: [], unreadable: [] });
});

test("a restricted bucket with a public policy is fine", async () => {
  const bucket = await buckets.create();
  await buckets.putPolicy(bucket, [statement(everyone), statement({ Principal: { AWS: foreign } })]);
  expect((await buckets.inspect(bucket)).exposures).toHaveLength(2);
  await buckets.block(bucket, { RestrictPublicBuckets: true });
  expect((await buckets.inspect(bucket)).exposures).toEqual([]);
});

test("a restricted bucket is still open to an account that its policy names, as S3 does not call that public", async () => {
  const bucket = await buckets.create();
  await buckets.putPolicy(bucket, [statement({ Principal: { AWS: foreign } })]);
  await buckets.block(bucket, { RestrictPublicBuckets: true });
  expect((await buckets.inspect(bucket)).exposures).toMatchObject([{ kind: "account" }]);
});

test.each([
  ["public-read", "READ", "everyone", "http://acs.amazonaws.com/groups/global/AllUsers"],
  [
    "authenticated-read",
    "READ",
    "every AWS user of any account",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
  ],
] as const)("the ACL %s is refused, unless ACLs are ignored or off", async (ACL, permission, audience, grantee) => {
  const bucket = await buckets.create();
  await buckets.s3.send(new PutBucketAclCommand({ Bucket: bucket, ACL }));
  const text =
    `bucket "${bucket}" is open to ${audience}: its ACL grants ${permission} to "${grantee}" — ` +
    `switch ACLs off (object ownership BucketOwnerEnforced), remove the grant, ${accept}`;
  const evidence = JSON.stringify({ grantee, permission });
  expect((await buckets.inspect(bucket)).exposures).toMatchObject([{ kind: "everyone", evidence, text }]);

  await buckets.block(bucket, { IgnorePublicAcls: true });
  expect((await buckets.inspect(bucket)).exposures).toEqual([]);
  await buckets.block(bucket, { BlockPublicAcls: true });
  expect((await buckets.inspect(bucket)).exposures).toHaveLength(1);
  await buckets.own(bucket, "BucketOwnerEnforced");
  expect((await buckets.inspect(bucket)).exposures).toEqual([]);
});

test("a grant to another account is refused, even where public ACLs are ignored", async () => {
  const bucket = await buckets.create();
  const Owner = { ID: (await buckets.inspect(bucket)).ownerId };
  const grant = (Grantee: { ID: string } | { URI: string }, Permission: "READ" | "WRITE") =>
    ({ Grantee: { Type: "ID" in Grantee ? "CanonicalUser" : "Group", ...Grantee }, Permission }) as const;
  const logs = { URI: "http://acs.amazonaws.com/groups/s3/LogDelivery" };
  const Grants = [grant({ ID: "f".repeat(64) }, "READ"), grant(logs, "WRITE"), grant(logs, "READ")];
  await buckets.s3.send(new PutBucketAclCommand({ Bucket: bucket, AccessControlPolicy: { Owner, Grants } }));
  await buckets.block(bucket, { IgnorePublicAcls: true });
  expect((await buckets.inspect(bucket)).exposures.map(({ kind, evidence }) => [kind, evidence])).toEqual([
    ["account", JSON.stringify({ grantee: "f".repeat(64), permission: "READ" })],
    ["account", JSON.stringify({ grantee: logs.URI, permission: "READ" })],
  ]);
});

test("a website is refused, unless nothing public gets through", async () => {
  const bucket = await buckets.create();
  const WebsiteConfiguration = { IndexDocument: { Suffix: "index.html" } };
  await buckets.s3.send(new PutBucketWebsiteCommand({ Bucket: bucket, WebsiteConfiguration }));
  expect((await buckets.inspect(bucket)).exposures).toMatchObject([
    {
      kind: "website",
      evidence: "website configuration",
      text: `bucket "${bucket}" is set up as a website — remove its website configuration, switch on its public access block, ${accept}`,
    },
  ]);
  for (const half of ["IgnorePublicAcls", "RestrictPublicBuckets"]) {
    await buckets.block(bucket, { [half]: true });
    expect((await buckets.inspect(bucket)).exposures).toHaveLength(1);
  }
  await buckets.block(bucket, { IgnorePublicAcls: true, RestrictPublicBuckets: true });
  expect((await buckets.inspect(bucket)).exposures).toEqual([]);
});

test("the facts are reported as they are", async () => {
  const bucket = await buckets.create();
  const bare = await buckets.inspect(bucket);
  expect(bare).toMatchObject({ website: false, exposures: [], unreadable: [] });
  expect(bare.publicAccessBlock).toBeUndefined();
  expect(bare.encryption).toBeUndefined();

  await buckets.block(bucket, { BlockPublicAcls: true, BlockPublicPolicy: true });
  await buckets.own(bucket, "BucketOwnerPreferred");
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "key-1" } as const;
  const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
  await buckets.s3.send(new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration }));
  expect(await buckets.inspect(bucket)).toMatchObject({
    publicAccessBlock: {
      blockPublicAcls: true,
      ignorePublicAcls: false,
      blockPublicPolicy: true,
      restrictPublicBuckets: false,
    },
    ownership: "BucketOwnerPreferred",
    encryption: { algorithm: "aws:kms", kmsKeyId: "key-1" },
  });
});

test("a missing bucket is no matter of audience", async () => {
  await expect(buckets.inspect("no-such-bucket")).rejects.toMatchObject({ name: "NoSuchBucket" });
});
