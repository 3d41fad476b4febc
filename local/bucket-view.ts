import { gunzipSync } from "node:zlib";
import type { Moto } from "./moto";

/** An exported object as it lies in S3. */
export interface ObjectView {
  readonly key: string;
  readonly bytes: number;
  /** Records without the header. */
  readonly rows: number;
  readonly firstLines: readonly string[];
}

/** Reads what is in AWS, past Pulumi and past the provider. */
export interface BucketView {
  buckets(): Promise<string[]>;
  objects(bucket: string): Promise<ObjectView[]>;
  deleteObject(bucket: string, key: string): Promise<void>;
}

/** A view with the deployer's keys. */
export async function viewBuckets({ endpoint, deployer }: Moto): Promise<BucketView> {
  const sdk = await import("@aws-sdk/client-s3");
  const s3 = new sdk.S3Client({ endpoint, region: "us-east-1", credentials: deployer, forcePathStyle: true });
  const readText = async (Bucket: string, Key: string) => {
    const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket, Key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    return (Key.endsWith(".gz") ? gunzipSync(bytes) : Buffer.from(bytes)).toString("utf8");
  };
  return {
    async buckets() {
      const { Buckets = [] } = await s3.send(new sdk.ListBucketsCommand({}));
      return Buckets.map(({ Name = "" }) => Name);
    },
    async objects(Bucket) {
      const { Contents = [] } = await s3.send(new sdk.ListObjectsV2Command({ Bucket }));
      const views = Contents.map(async ({ Key: key = "", Size: bytes = 0 }) => {
        const text = await readText(Bucket, key);
        return { key, bytes, rows: Math.max(0, countRecords(text) - 1), firstLines: text.split("\n").slice(0, 4) };
      });
      return Promise.all(views);
    },
    async deleteObject(Bucket, Key) {
      await s3.send(new sdk.DeleteObjectCommand({ Bucket, Key }));
    },
  };
}

/** Records of a CSV text: a line break between quotes ends none. */
export function countRecords(text: string): number {
  let quoted = false;
  let records = 0;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (character === "\n" && !quoted) records += 1;
  }
  return text === "" || text.endsWith("\n") ? records : records + 1;
}
