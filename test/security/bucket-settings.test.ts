import { S3Client } from "@aws-sdk/client-s3";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { bucketExposures } from "../../provider/audience/bucket-exposures";
import { inspectBucket, readBucket } from "../../provider/audience/read-bucket";
import { AwsCallError } from "../../provider/errors";
import { settingActions } from "./setting-actions";

const args = { bucket: "exports", ownAccounts: ["123456789012"] };
const xmlns = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** What S3 answers to each question about a bucket of which everything is set. */
const answers: Record<string, string> = {
  publicAccessBlock: `<PublicAccessBlockConfiguration ${xmlns}><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`,
  policyStatus: `<PolicyStatus ${xmlns}><IsPublic>true</IsPublic></PolicyStatus>`,
  policy: '{"Statement":[]}',
  acl: `<AccessControlPolicy ${xmlns}><Owner><ID>owner</ID></Owner><AccessControlList>${[
    "<ID>user</ID>",
    "<URI>http://group</URI>",
    "<EmailAddress>a@example.com</EmailAddress>",
    "",
  ]
    .map((who) => `<Grant><Grantee>${who}</Grantee><Permission>READ</Permission></Grant>`)
    .join("")}<Grant><Grantee><ID>other</ID></Grantee></Grant></AccessControlList></AccessControlPolicy>`,
  ownershipControls: `<OwnershipControls ${xmlns}><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>`,
  website: `<WebsiteConfiguration ${xmlns}><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>`,
  encryption: `<ServerSideEncryptionConfiguration ${xmlns}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>key</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`,
};
/** What S3 answers where a setting is not made. */
const absent: Record<string, string> = {
  publicAccessBlock: "NoSuchPublicAccessBlockConfiguration",
  policyStatus: "NoSuchBucketPolicy",
  policy: "NoSuchBucketPolicy",
  ownershipControls: "OwnershipControlsNotFoundError",
  website: "NoSuchWebsiteConfiguration",
  encryption: "ServerSideEncryptionConfigurationNotFoundError",
};
const question = ({ url = "" }: IncomingMessage) =>
  Object.keys(answers).find((name) => new URL(url, "http://s3").searchParams.has(name)) ?? "";

test("what S3 shows is read", async () => {
  await withServer(
    (request, response) => response.end(answers[question(request)]),
    async (s3) =>
      expect(await inspectBucket(s3, args)).toEqual({
        publicAccessBlock: {
          blockPublicAcls: true,
          ignorePublicAcls: true,
          blockPublicPolicy: true,
          restrictPublicBuckets: true,
        },
        policyIsPublic: true,
        policy: answers.policy,
        grants: [
          { grantee: "user", permission: "READ" },
          { grantee: "http://group", permission: "READ" },
          { grantee: "a@example.com", permission: "READ" },
          { grantee: "unknown", permission: "READ" },
          { grantee: "other", permission: "unknown" },
        ],
        ownerId: "owner",
        ownership: "ObjectWriter",
        website: true,
        encryption: { algorithm: "aws:kms", kmsKeyId: "key" },
        unreadable: [],
      }),
  );
});

test("a setting that is not made opens nothing, and is not unreadable", async () => {
  await withServer(
    (request, response) => {
      const name = question(request);
      if (name === "acl") response.end(`<AccessControlPolicy ${xmlns}></AccessControlPolicy>`);
      else refuse(response, 404, absent[name] ?? "NoSuchBucket");
    },
    async (s3) =>
      expect(await inspectBucket(s3, args)).toStrictEqual({
        publicAccessBlock: undefined,
        policyIsPublic: undefined,
        policy: undefined,
        grants: [],
        ownerId: undefined,
        ownership: undefined,
        website: false,
        encryption: undefined,
        unreadable: [],
      }),
  );
});

test("a switch of the public access block that S3 leaves out is off", async () => {
  const empty = `<PublicAccessBlockConfiguration ${xmlns}></PublicAccessBlockConfiguration>`;
  await withServer(
    (request, response) => response.end(question(request) === "publicAccessBlock" ? empty : answers[question(request)]),
    async (s3) =>
      expect((await inspectBucket(s3, args)).publicAccessBlock).toEqual({
        blockPublicAcls: false,
        ignorePublicAcls: false,
        blockPublicPolicy: false,
        restrictPublicBuckets: false,
      }),
  );
});

test.each(["AccessDenied", "AllAccessDisabled", "MethodNotAllowed", "NotImplemented"])(
  "with %s, every setting is named with its action",
  async (code) => {
    await withServer(
      (_, response) => refuse(response, 403, code),
      async (s3) =>
        expect((await inspectBucket(s3, args)).unreadable).toEqual(
          settingActions.map(([setting, action]) => ({ setting, action, code })),
        ),
    );
  },
);

test("a bucket that is not there is an error of the call, which says what was read", async () => {
  await withServer(
    (_, response) => refuse(response, 404, "NoSuchBucket"),
    async (s3) => {
      const place = { bucket: "exports", region: "eu-west-3" };
      const error = await readBucket({ s3: () => Promise.resolve(s3) }, place, undefined).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(AwsCallError);
      expect(error).toMatchObject({ code: "NoSuchBucket" });
      expect((error as AwsCallError).message).toContain("GetBucket*");
      expect((error as AwsCallError).message).toContain("s3://exports");
    },
  );
});

test("a refusal that says nothing of itself is an error of the call, with what the caller needs", async () => {
  await withServer(
    (_, response) => response.writeHead(403).end(),
    (s3) =>
      expect(
        readBucket({ s3: () => Promise.resolve(s3) }, { bucket: "exports", region: "eu-west-3" }, undefined),
      ).rejects.toThrow("the caller needs to read the bucket's settings"),
  );
});

test("a bucket that refuses everything is not another owner's", async () => {
  await withServer(
    (_, response) => refuse(response, 403, "AccessDenied"),
    async (s3) => {
      const place = { bucket: "exports", region: "eu-west-3" };
      const aws = { s3: () => Promise.resolve(s3) };
      // Refused with and without the question for the owner: that is no proof of another owner.
      expect(await readBucket(aws, place, "123456789012")).not.toHaveProperty("notOwnedBy");
    },
  );
});

test("a bucket that is its expected owner's is read after one question", async () => {
  const asked: string[] = [];
  await withServer(
    (request, response) => {
      asked.push(`${request.method}`);
      response.end(answers[question(request)]);
    },
    async (s3) => {
      const settings = await inspectBucket(s3, { ...args, expectedOwner: "123456789012" });
      expect(settings).not.toHaveProperty("notOwnedBy");
      expect(settings.website).toBe(true);
    },
  );
  expect(asked.filter((method) => method === "HEAD")).toHaveLength(1);
});

test("a question for the owner that fails otherwise is thrown", async () => {
  await withServer(
    ({ method }, response) =>
      method === "HEAD" ? response.writeHead(404).end() : refuse(response, 403, "AccessDenied"),
    (s3) =>
      expect(inspectBucket(s3, { ...args, expectedOwner: "123456789012" })).rejects.toMatchObject({
        $metadata: { httpStatusCode: 404 },
      }),
  );
});

test("a policy of another owner's bucket is unreadable, as S3 answers 405", async () => {
  await withServer(
    (request, response) =>
      request.url?.includes("?policy")
        ? refuse(response, 405, "MethodNotAllowed")
        : refuse(response, 403, "AccessDenied"),
    async (s3) => {
      const { unreadable } = await inspectBucket(s3, args);
      expect(unreadable.find(({ setting }) => setting === "policy")?.code).toBe("MethodNotAllowed");
      expect(unreadable).toHaveLength(settingActions.length);
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
      const place = { bucket: "exports", region: "eu-west-3" };
      const settings = await readBucket({ s3: () => Promise.resolve(s3) }, place, "123456789012");
      expect(settings).toEqual({ notOwnedBy: "123456789012", grants: [], website: false, unreadable: [] });
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
      expect(unreadable).toHaveLength(settingActions.length);
    },
  );
  expect(owners).toEqual(settingActions.map(() => "123456789012"));
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
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "caller", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
  try {
    await use(s3);
  } finally {
    s3.destroy();
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }
}
