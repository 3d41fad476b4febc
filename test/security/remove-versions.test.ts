import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Minio, startMinio } from "../../local/minio";
import { terminalProgress } from "../../local/progress";
import { createAws } from "../../provider/aws/clients";
import { versionsLeftText } from "../../provider/aws/remove-objects";
import { realClock } from "../../provider/host/clock";
import { startRawServer } from "../support/http-server";

const key = "domo/sales/e1/data.csv";
const place = (bucket: string) => ({ bucket, region: "us-east-1" });
let minio: Minio;
let root: S3Client;
let count = 0;

beforeAll(async () => {
  minio = await startMinio({ progress: terminalProgress() });
  root = new S3Client(settings(minio.root));
}, 900_000);

afterEach(() => vi.unstubAllEnvs());
afterAll(() => minio.stop());

test("in a bucket that keeps versions, all versions of exactly the given keys are removed", async () => {
  const { bucket, put, hide, stored } = await makeBucket("Enabled");
  const others = ["domo/sales/e1/data.csv.gz", "domo/sales/e1/x/data.csv", "domo/sales/e2/data.csv", "data.csv"];
  for (const other of others) {
    await put(other);
    await put(other);
    await hide(other);
  }
  await put(key);
  await put(key);
  await put("top.csv");
  const before = await stored();
  expect(before.filter((entry) => entry === key)).toHaveLength(2);
  const aws = await awsThatMay("s3:*");
  expect(await aws.remove(place(bucket), [key, "top.csv"])).toEqual({ versionsLeft: [] });
  expect(await stored()).toEqual(before.filter((entry) => entry !== key && entry !== "top.csv"));
});

test("an object that was removed before leaves no version either, and no marker", async () => {
  const { bucket, put, hide, stored } = await makeBucket("Enabled");
  await put(key);
  await hide(key);
  expect(await stored()).toEqual([key, `${key} (marker)`]);
  const aws = await awsThatMay("s3:*");
  expect(await aws.remove(place(bucket), [key])).toEqual({ versionsLeft: [] });
  expect(await stored()).toEqual([]);
});

test("versions from before versioning was suspended are removed too", async () => {
  const { bucket, put, setVersions, stored } = await makeBucket("Enabled");
  await put(key);
  await setVersions("Suspended");
  await put(key);
  expect(await stored()).toEqual([key, key]);
  const aws = await awsThatMay("s3:*");
  expect(await aws.remove(place(bucket), [key])).toEqual({ versionsLeft: [] });
  expect(await stored()).toEqual([]);
});

test("a bucket without versions needs no right beyond s3:DeleteObject", async () => {
  const { bucket, put, stored } = await makeBucket();
  await put(key);
  await put("other");
  const aws = await awsThatMay("s3:DeleteObject");
  expect(await aws.remove(place(bucket), [key, "never-there"])).toEqual({ versionsLeft: [] });
  expect(await stored()).toEqual(["other"]);
});

test.each(["s3:ListBucketVersions", "s3:DeleteObjectVersion"])(
  "without %s the keys whose versions are left are named, and hidden",
  async (missing) => {
    const { bucket, put, stored } = await makeBucket("Enabled");
    await put(key);
    const rights = ["s3:DeleteObject", "s3:ListBucketVersions", "s3:DeleteObjectVersion"];
    const aws = await awsThatMay(...rights.filter((right) => right !== missing));
    expect(await aws.remove(place(bucket), [key])).toEqual({ versionsLeft: [key] });
    expect(await stored()).toEqual([key, `${key} (marker)`]);
  },
);

test("without s3:DeleteObject the removal fails as a call to S3", async () => {
  const { bucket, put, stored } = await makeBucket("Enabled");
  await put(key);
  const aws = await awsThatMay("s3:ListBucketVersions", "s3:DeleteObjectVersion");
  await expect(aws.remove(place(bucket), [key])).rejects.toMatchObject({
    name: "AwsCallError",
    message: `[S3 DeleteObjects] "s3://${bucket}": AccessDenied — the caller needs s3:DeleteObject on the objects`,
  });
  expect(await stored()).toEqual([key]);
});

test("a bucket that is gone holds no object", async () => {
  const aws = await awsThatMay("s3:*");
  expect(await aws.remove(place("never-made"), [key])).toEqual({ versionsLeft: [] });
});

test("a long list of versions is read page by page, and a fault that is no refusal fails", async () => {
  const server = await startRawServer();
  const deleted = (body: string) => xml(`<DeleteResult>${body}</DeleteResult>`);
  const page = (body: string) => xml(`<ListVersionsResult>${body}</ListVersionsResult>`);
  const marked = deleted(`<Deleted><Key>${key}</Key><DeleteMarker>true</DeleteMarker></Deleted>`);
  const first = `<IsTruncated>true</IsTruncated><NextKeyMarker>k2</NextKeyMarker><NextVersionIdMarker>v2</NextVersionIdMarker>`;
  const error = `<Error><Key>${key}</Key><Code>InternalError</Code><Message>m</Message></Error>`;
  const version = (id: string) => `<Version><Key>${key}</Key><VersionId>${id}</VersionId></Version>`;
  vi.stubEnv("AWS_ENDPOINT_URL", server.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "caller");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  try {
    const aws = createAws({ clock: realClock(1) });
    server.answer(marked, page(first + version("v1")), page(version("v3")), deleted(""));
    expect(await aws.remove(place("b"), [key])).toEqual({ versionsLeft: [] });
    expect(server.seen.map(({ url }) => new URL(url, server.url).searchParams.get("version-id-marker"))).toEqual([
      ...[null, null, "v2", null],
    ]);
    server.answer(marked, page(version("v1")), deleted(error));
    await expect(aws.remove(place("b"), [key])).rejects.toMatchObject({ name: "AwsCallError", code: "InternalError" });
  } finally {
    await server.close();
  }
});

test("what may be left is said once, with what to do", () => {
  const advice =
    "as the bucket keeps versions — remove them there; for later removals grant s3:ListBucketVersions and s3:DeleteObjectVersion";
  expect(versionsLeftText("b", { versionsLeft: [] })).toBeUndefined();
  expect(versionsLeftText("b", { versionsLeft: ["k"] })).toBe(`older versions of "s3://b/k" may be left, ${advice}`);
  expect(versionsLeftText("b", { versionsLeft: ["k", "l", "m"] })).toBe(
    `older versions of "s3://b/k" and of 2 more may be left, ${advice}`,
  );
});

async function makeBucket(versions?: "Enabled" | "Suspended") {
  const Bucket = `exports-${++count}`;
  const setVersions = (Status: "Enabled" | "Suspended") =>
    root.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  await root.send(new CreateBucketCommand({ Bucket }));
  if (versions) await setVersions(versions);
  return {
    bucket: Bucket,
    setVersions,
    put: (Key: string) => root.send(new PutObjectCommand({ Bucket, Key, Body: "a,b" })),
    hide: (Key: string) => root.send(new DeleteObjectCommand({ Bucket, Key })),
    /** All that is stored, delete markers included. */
    stored: async (): Promise<string[]> => {
      const { Versions = [], DeleteMarkers = [] } = await root.send(new ListObjectVersionsCommand({ Bucket }));
      return [...Versions.map(({ Key }) => `${Key}`), ...DeleteMarkers.map(({ Key }) => `${Key} (marker)`)].sort();
    },
  };
}

/** The provider's calls, made by a session that may do these actions and no others. */
async function awsThatMay(...actions: string[]) {
  const sts = new STSClient(settings(minio.root));
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: "arn:aws:s3:::*" }],
  });
  const command = new AssumeRoleCommand({ RoleArn: "arn:minio:iam:::role/any", RoleSessionName: "caller", Policy });
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = (await sts.send(command)).Credentials ?? {};
  vi.stubEnv("AWS_ENDPOINT_URL", minio.endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", AccessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", SecretAccessKey);
  vi.stubEnv("AWS_SESSION_TOKEN", SessionToken);
  return createAws({ clock: realClock(1) });
}

function settings(credentials: { accessKeyId: string; secretAccessKey: string }) {
  return { endpoint: minio.endpoint, region: "us-east-1", forcePathStyle: true, credentials };
}

function xml(body: string) {
  return (response: ServerResponse): void => {
    response.writeHead(200, { "Content-Type": "application/xml" }).end(body);
  };
}
