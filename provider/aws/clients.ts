import type { S3Client } from "@aws-sdk/client-s3";
import type { AssumeRoleCommandInput, STSClient } from "@aws-sdk/client-sts";
import type { Readable } from "node:stream";
import { awsCallError, type AwsCall } from "./call-error";
import type { Clock } from "../host/clock";

/** AWS credentials as Domo is handed them. They only ever live in memory. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** One object as S3 lists it. */
export interface StoredObject {
  key: string;
  bytes: number;
  /** Entity tag without quotes. */
  etag: string;
  /** Milliseconds since the epoch, by S3's clock. */
  lastModified: number;
}

/** A place in S3. */
export interface S3Place {
  bucket: string;
  region: string;
}

/** The calls to AWS that an export needs, with the SDK's default chain of credentials unless others are given. */
export interface Aws {
  /** Region of a bucket. */
  bucketRegion(bucket: string): Promise<string>;
  /** All objects below a prefix, and S3's own time of answering (milliseconds). */
  list(place: S3Place, prefix: string): Promise<{ objects: StoredObject[]; s3Time: number }>;
  /** The content of an object as a stream of the stored bytes. */
  read(place: S3Place, key: string): Promise<Readable>;
  /** Removes objects. Finding none of them, or no bucket, is success. */
  remove(place: S3Place, keys: string[]): Promise<void>;
  assumeRole(input: AssumeRoleCommandInput): Promise<AwsCredentials>;
  /** The caller's own credentials, resolved by the SDK's chain. */
  callerCredentials(): Promise<AwsCredentials>;
  /**
   * Proves that `credentials` may write `key`, by starting and aborting a multipart upload: nothing is left
   * behind. Returns S3's time, in milliseconds.
   */
  probeWrite(place: S3Place, key: string, credentials: AwsCredentials, kmsKeyId?: string): Promise<number>;
  /** The S3 client for a region, for the audience checks. */
  s3(region: string): Promise<S3Client>;
}

const requestHandler = { connectionTimeout: 10_000, requestTimeout: 60_000, throwOnRequestTimeout: true };

/**
 * Creates the calls. The SDK is loaded at the first one, clients are made once per region. A client for lent credentials
 * shares its region's connections.
 */
export function createAws({ clock }: { clock: Clock }): Aws {
  const clients = new Map<string, Promise<S3Client>>();

  async function makeS3(region: string, credentials?: AwsCredentials): Promise<S3Client> {
    const { S3Client } = await import("@aws-sdk/client-s3");
    const ownEndpoint = process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL;
    const client = new S3Client({
      region,
      credentials,
      // Whoever signs, the connections are the same.
      requestHandler: credentials ? (await s3(region)).config.requestHandler : requestHandler,
      forcePathStyle: Boolean(ownEndpoint),
    });
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = result.response as { headers?: Record<string, string> };
        const metadata = (result.output as { $metadata?: { date?: string } }).$metadata;
        if (metadata) metadata.date = headers?.date;
        return result;
      },
      { step: "deserialize", priority: "high", name: "keepDate" },
    );
    return client;
  }

  function s3(region: string): Promise<S3Client> {
    let client = clients.get(region);
    if (!client) clients.set(region, (client = makeS3(region)));
    return client;
  }

  let stsClient: STSClient | undefined;

  /** One for all exports: each client keeps connections of its own. */
  async function sts(): Promise<STSClient> {
    const { STSClient } = await import("@aws-sdk/client-sts");
    const region = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "us-east-1";
    return (stsClient ??= new STSClient({ region, requestHandler }));
  }

  async function call<T>(what: AwsCall, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw awsCallError(what, error);
    }
  }

  return {
    s3,
    bucketRegion: (bucket) =>
      call(
        { service: "S3", operation: "HeadBucket", subject: `s3://${bucket}`, needs: "s3:ListBucket on the bucket" },
        async () => {
          const { HeadBucketCommand } = await import("@aws-sdk/client-s3");
          const client = await s3(process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "us-east-1");
          try {
            return (await client.send(new HeadBucketCommand({ Bucket: bucket }))).BucketRegion ?? "us-east-1";
          } catch (error) {
            const { $response } = error as { $response?: { headers?: Record<string, string> } };
            const region = $response?.headers?.["x-amz-bucket-region"];
            if (region) return region;
            throw error;
          }
        },
      ),
    list: ({ bucket, region }, prefix) =>
      call(
        {
          service: "S3",
          operation: "ListObjectsV2",
          subject: `s3://${bucket}/${prefix}`,
          needs: "s3:ListBucket on the bucket",
        },
        async () => {
          const { paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
          const objects: StoredObject[] = [];
          let s3Time = clock.now();
          for await (const page of paginateListObjectsV2(
            { client: await s3(region) },
            { Bucket: bucket, Prefix: prefix },
          )) {
            s3Time = s3TimeOf(page.$metadata, clock);
            for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
              objects.push({
                key: Key ?? "",
                bytes: Size ?? 0,
                etag: (ETag ?? "").replaceAll('"', ""),
                lastModified: LastModified?.getTime() ?? 0,
              });
            }
          }
          return { objects, s3Time };
        },
      ),
    read: ({ bucket, region }, key) =>
      call(
        {
          service: "S3",
          operation: "GetObject",
          subject: `s3://${bucket}/${key}`,
          needs: "s3:GetObject on the object",
        },
        async () => {
          const { GetObjectCommand } = await import("@aws-sdk/client-s3");
          const client = await s3(region);
          const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
          return Body as Readable;
        },
      ),
    remove: ({ bucket, region }, keys) =>
      call(
        {
          service: "S3",
          operation: "DeleteObjects",
          subject: `s3://${bucket}`,
          needs: "s3:DeleteObject on the objects",
        },
        async () => {
          const { DeleteObjectsCommand } = await import("@aws-sdk/client-s3");
          const client = await s3(region);
          for (let at = 0; at < keys.length; at += 1000) {
            const Delete = { Objects: keys.slice(at, at + 1000).map((Key) => ({ Key })), Quiet: true };
            const { Errors } = await client
              .send(new DeleteObjectsCommand({ Bucket: bucket, Delete }))
              .catch((error: unknown) => {
                if ((error as Error).name === "NoSuchBucket") return { Errors: [] };
                throw error;
              });
            const fault = Errors?.find(({ Code }) => Code !== "NoSuchKey");
            if (fault) throw Object.assign(new Error(fault.Message), { name: fault.Code });
          }
        },
      ),
    assumeRole: (input) =>
      call(
        {
          service: "STS",
          operation: "AssumeRole",
          subject: String(input.RoleArn),
          needs: "sts:AssumeRole on the role, and the role's trust policy must name the caller (and its external id)",
        },
        async () => {
          const { AssumeRoleCommand } = await import("@aws-sdk/client-sts");
          const { Credentials } = await (await sts()).send(new AssumeRoleCommand(input));
          const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = Credentials ?? {};
          return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
        },
      ),
    callerCredentials: () =>
      call(
        { service: "STS", operation: "credentials", subject: "default chain", needs: "AWS credentials" },
        async () => {
          const client = await s3("us-east-1");
          const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
          return { accessKeyId, secretAccessKey, sessionToken };
        },
      ),
    probeWrite: ({ bucket, region }, key, credentials, kmsKeyId) =>
      call(
        {
          service: "S3",
          operation: "CreateMultipartUpload",
          subject: `s3://${bucket}/${key}`,
          needs: `s3:PutObject and s3:AbortMultipartUpload below this path${kmsKeyId ? ", and kms:GenerateDataKey and kms:Decrypt on the key" : ""} in the role's policy`,
        },
        async () => {
          const { AbortMultipartUploadCommand, CreateMultipartUploadCommand } = await import("@aws-sdk/client-s3");
          const client = await makeS3(region, credentials);
          const encryption = kmsKeyId ? ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKeyId } as const) : {};
          const { UploadId, $metadata } = await client.send(
            new CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ...encryption }),
          );
          await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId }));
          return s3TimeOf($metadata, clock);
        },
      ),
  };
}

function s3TimeOf(metadata: object, clock: Clock): number {
  const date = Date.parse((metadata as { date?: string }).date ?? "");
  return Number.isNaN(date) ? clock.now() : date;
}
