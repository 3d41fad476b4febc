import type { ListObjectsV2CommandOutput, S3Client } from "@aws-sdk/client-s3";
import { Readable } from "node:stream";
import type { Clock } from "../host/clock";
import { awsCall, awsCallError, type AwsCall } from "./call-error";
import { removeObjects, type ObjectRemoval } from "./remove-objects";
import type { AwsCredentials } from "./sts";

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

/** An object to be written. */
export interface NewObject {
  key: string;
  body: string;
  contentType: string;
  /** Whose rights are used; by default the caller's own. */
  credentials?: AwsCredentials;
  kmsKeyId?: string;
  /** Account that must own the bucket. */
  expectedOwner?: string;
  /** Write only where there is no object, or where the object still has this entity tag. */
  onlyIf?: "absent" | { etag: string };
}

/** The calls to S3 that an export needs. */
export interface S3Calls {
  /** Region of a bucket. */
  bucketRegion(bucket: string): Promise<string>;
  /** All objects below a prefix, and S3's own time of answering (milliseconds). */
  list(place: S3Place, prefix: string): Promise<{ objects: StoredObject[]; s3Time: number }>;
  /** One object as a listing shows it; `undefined` when it is not there. */
  find(place: S3Place, key: string): Promise<StoredObject | undefined>;
  /**
   * Writes an object, and returns its entity tag without quotes. Where `onlyIf` does not hold, it fails with the code
   * `PreconditionFailed` or `ConditionalRequestConflict`.
   */
  write(place: S3Place, object: NewObject): Promise<string>;
  /** One page of at most 1,000 objects below a prefix, after a key, in the order of their keys' bytes. */
  listPage(
    place: S3Place,
    from: { prefix: string; startAfter: string },
  ): Promise<{ objects: StoredObject[]; truncated: boolean }>;
  /**
   * The content of an object as a stream of the stored bytes. The stream fails as the call does, such as with code
   * `TimeoutError` when no byte comes any more.
   */
  read(place: S3Place, key: string): Promise<Readable>;
  /**
   * Removes objects, and all of their versions where the bucket keeps any. Finding none of them, or no bucket, is
   * success.
   */
  remove: (place: S3Place, keys: string[]) => Promise<ObjectRemoval>;
  /**
   * Proves that `credentials` may write `key`, by starting and aborting a multipart upload: nothing is left
   * behind. Returns S3's time, in milliseconds.
   */
  probeWrite(place: S3Place, key: string, credentials: AwsCredentials, kmsKeyId?: string): Promise<number>;
}

/** What the calls are made with. */
export interface S3Clients {
  /** The caller's client for a region. */
  client: (region: string) => Promise<S3Client>;
  /** A client for other credentials. */
  clientFor: (region: string, credentials: AwsCredentials) => Promise<S3Client>;
  homeRegion: () => string;
  clock: Clock;
}

/** The calls, made with these clients. */
export function createS3Calls({ client, clientFor, homeRegion, clock }: S3Clients): S3Calls {
  return {
    bucketRegion: (bucket) =>
      awsCall(on("HeadBucket", `s3://${bucket}`, "s3:ListBucket on the bucket"), async () =>
        regionOf(await client(homeRegion()), bucket),
      ),
    list: ({ bucket, region }, prefix) =>
      awsCall(on("ListObjectsV2", `s3://${bucket}/${prefix}`, "s3:ListBucket on the bucket"), async () => {
        const { paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
        const objects: StoredObject[] = [];
        let s3Time = clock.now();
        const pages = paginateListObjectsV2({ client: await client(region) }, { Bucket: bucket, Prefix: prefix });
        for await (const page of pages) {
          s3Time = s3TimeOf(page.$metadata, clock);
          objects.push(...storedObjects(page));
        }
        return { objects, s3Time };
      }),
    find: ({ bucket, region }, key) =>
      awsCall(on("ListObjectsV2", `s3://${bucket}/${key}`, "s3:ListBucket on the bucket"), async () => {
        const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
        // Of all keys that begin with it, the key itself comes first.
        const page = await (await client(region)).send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key }));
        return storedObjects(page).find((object) => object.key === key);
      }),
    write: ({ bucket, region }, { key, body, contentType, credentials, kmsKeyId, expectedOwner, onlyIf }) => {
      const ofKey = kmsKeyId ? ", and kms:GenerateDataKey on the key" : "";
      const needs = `s3:PutObject on it${ofKey}${credentials ? " in the role's policy" : ""}`;
      return awsCall(on("PutObject", `s3://${bucket}/${key}`, needs), async () => {
        const { PutObjectCommand } = await import("@aws-sdk/client-s3");
        const s3 = await (credentials ? clientFor(region, credentials) : client(region));
        const { ETag = "" } = await s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: body,
            ContentType: contentType,
            ...(kmsKeyId && { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKeyId }),
            ...(expectedOwner && { ExpectedBucketOwner: expectedOwner }),
            ...(onlyIf === "absent" && { IfNoneMatch: "*" }),
            ...(typeof onlyIf === "object" && { IfMatch: `"${onlyIf.etag}"` }),
          }),
        );
        return ETag.replaceAll('"', "");
      });
    },
    listPage: ({ bucket, region }, { prefix, startAfter }) =>
      awsCall(on("ListObjectsV2", `s3://${bucket}/${prefix}`, "s3:ListBucket on the bucket"), async () => {
        const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
        const request = { Bucket: bucket, Prefix: prefix, StartAfter: startAfter };
        const page = await (await client(region)).send(new ListObjectsV2Command(request));
        return { objects: storedObjects(page), truncated: page.IsTruncated ?? false };
      }),
    read: ({ bucket, region }, key) => {
      const what = on("GetObject", `s3://${bucket}/${key}`, "s3:GetObject on the object");
      return awsCall(what, async () => {
        const { GetObjectCommand } = await import("@aws-sdk/client-s3");
        const { Body } = await (await client(region)).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return Readable.from(ofCall(what, Body as Readable), { objectMode: false });
      });
    },
    remove: ({ bucket, region }, keys) =>
      awsCall(on("DeleteObjects", `s3://${bucket}`, "s3:DeleteObject on the objects"), async () =>
        removeObjects(await client(region), bucket, keys),
      ),
    probeWrite: ({ bucket, region }, key, credentials, kmsKeyId) => {
      const ofKey = kmsKeyId ? ", and kms:GenerateDataKey and kms:Decrypt on the key" : "";
      const needs = `s3:PutObject and s3:AbortMultipartUpload below this path${ofKey}: give the role the policy that exportRolePolicy makes`;
      return awsCall(on("CreateMultipartUpload", `s3://${bucket}/${key}`, needs), async () => {
        const { AbortMultipartUploadCommand, CreateMultipartUploadCommand } = await import("@aws-sdk/client-s3");
        const s3 = await clientFor(region, credentials);
        const encryption = kmsKeyId ? ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKeyId } as const) : {};
        const at = { Bucket: bucket, Key: key };
        const { UploadId, $metadata } = await s3.send(new CreateMultipartUploadCommand({ ...at, ...encryption }));
        await s3.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
        return s3TimeOf($metadata, clock);
      });
    },
  };
}

function storedObjects({ Contents = [] }: Pick<ListObjectsV2CommandOutput, "Contents">): StoredObject[] {
  return Contents.map(({ Key = "", Size = 0, ETag = "", LastModified }) => ({
    key: Key,
    bytes: Size,
    etag: ETag.replaceAll('"', ""),
    lastModified: LastModified?.getTime() ?? 0,
  }));
}

function on(operation: string, subject: string, needs: string): AwsCall {
  return { service: "S3", operation, subject, needs };
}

/** S3 names the region in a header, also when it refuses the call. */
async function regionOf(s3: S3Client, bucket: string): Promise<string> {
  const { HeadBucketCommand } = await import("@aws-sdk/client-s3");
  try {
    return (await s3.send(new HeadBucketCommand({ Bucket: bucket }))).BucketRegion ?? "us-east-1";
  } catch (error) {
    const { $response } = error as { $response?: { headers?: Record<string, string> } };
    const region = $response?.headers?.["x-amz-bucket-region"];
    if (region) return region;
    throw error;
  }
}

/** A body whose failures read like those of the call itself. */
async function* ofCall(what: AwsCall, body: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield chunk as Buffer;
  } catch (error) {
    throw awsCallError(what, error);
  }
}

function s3TimeOf(metadata: object, clock: Clock): number {
  const date = Date.parse((metadata as { date?: string }).date ?? "");
  return Number.isNaN(date) ? clock.now() : date;
}
