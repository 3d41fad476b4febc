import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { startMoto } from "../../local/moto";
import { bucketExposures } from "../../provider/audience/bucket-exposures";
import { inspectBucket } from "../../provider/audience/read-bucket";

const actions = [
  ["public access block", "s3:GetBucketPublicAccessBlock"],
  ["policy status", "s3:GetBucketPolicyStatus"],
  ["policy", "s3:GetBucketPolicy"],
  ["ACL", "s3:GetBucketAcl"],
  ["object ownership", "s3:GetBucketOwnershipControls"],
  ["website", "s3:GetBucketWebsite"],
  ["default encryption", "s3:GetEncryptionConfiguration"],
];
const args = { bucket: "exports", ownAccounts: ["123456789012"] };

test("every setting that the caller may not read is named with the action that is missing", async () => {
  const moto = await startMoto({ deployerActions: ["s3:CreateBucket"] });
  try {
    const s3 = client(moto.endpoint, moto.deployer);
    await s3.send(new CreateBucketCommand({ Bucket: "exports" }));
    const settings = await inspectBucket(s3, args);
    expect(bucketExposures(settings, args)).toEqual([]);
    expect(settings.unreadable).toEqual(
      actions.map(([setting, action]) => ({ setting, action, code: "AccessDenied" })),
    );
  } finally {
    await moto.stop();
  }
}, 120_000);

test("a policy of another owner's bucket is unreadable, as S3 answers 405", async () => {
  await withServer(
    (request, response) =>
      request.url?.includes("?policy")
        ? refuse(response, 405, "MethodNotAllowed")
        : refuse(response, 403, "AccessDenied"),
    async (s3) => {
      const { unreadable } = await inspectBucket(s3, args);
      expect(unreadable.find(({ setting }) => setting === "policy")?.code).toBe("MethodNotAllowed");
      expect(unreadable).toHaveLength(actions.length);
    },
  );
});

test("a bucket of another account is refused before anything is read of it", async () => {
  const asked: string[] = [];
  await withServer(
    (request, response) => {
      asked.push(`${request.method} ${request.headers["x-amz-expected-bucket-owner"]?.toString() ?? "anybody"}`);
      if (request.headers["x-amz-expected-bucket-owner"] === "999999999999") response.end();
      else if (request.headers["x-amz-expected-bucket-owner"] === undefined) response.end();
      else refuse(response, 403, "AccessDenied");
    },
    async (s3) => {
      const settings = await inspectBucket(s3, { ...args, expectedOwner: "123456789012" });
      expect(bucketExposures(settings, args)).toEqual([
        {
          kind: "owner",
          evidence: "ExpectedBucketOwner 123456789012",
          fact: 'bucket "exports" does not belong to account 123456789012',
          advice: "correct bucket, or set expectedBucketOwner to the account that owns it",
        },
      ]);
      expect(asked).toEqual(["HEAD 123456789012", "HEAD anybody"]);
    },
  );
});

test("the expected owner goes along with every reading, so that each answer proves it", async () => {
  const owners: unknown[] = [];
  await withServer(
    ({ method, headers }, response) => {
      if (method === "GET") owners.push(headers["x-amz-expected-bucket-owner"]);
      refuse(response, 403, "AccessDenied");
    },
    async (s3) => {
      const { unreadable } = await inspectBucket(s3, { ...args, expectedOwner: "123456789012" });
      expect(unreadable).toHaveLength(actions.length);
    },
  );
  expect(owners).toEqual(actions.map(() => "123456789012"));
});

test.each(["ExpiredToken", "SignatureDoesNotMatch", "InvalidAccessKeyId"])(
  "%s is no want of rights and is thrown",
  async (code) => {
    await withServer(
      (_request, response) => refuse(response, 403, code),
      (s3) => expect(inspectBucket(s3, args)).rejects.toMatchObject({ name: code }),
    );
  },
);

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "Content-Type": "application/xml" });
  response.end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
}

async function withServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  use: (s3: S3Client) => Promise<void>,
): Promise<void> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const s3 = client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    accessKeyId: "caller",
    secretAccessKey: "secret",
  });
  try {
    await use(s3);
  } finally {
    s3.destroy();
    server.close();
  }
}

function client(endpoint: string, credentials: { accessKeyId: string; secretAccessKey: string }): S3Client {
  return new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials, maxAttempts: 1 });
}
