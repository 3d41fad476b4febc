import { gunzipSync } from "node:zlib";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { type Moto, startMoto } from "../../local/moto";

/** An S3 that answers anybody. */
export interface LocalS3 {
  readonly endpoint: string;
  readonly client: S3Client;
  createBucket(name: string): Promise<void>;
  keys(bucket: string): Promise<string[]>;
  /** Text of an object, decompressed by its name. */
  text(bucket: string, key: string): Promise<string>;
  stop(): Promise<void>;
}

/** The region of all buckets here. */
export const region = "eu-west-3";

/** Starts an S3. With `enforceIam` it checks keys and policies. */
export async function startLocalS3(enforceIam = false): Promise<LocalS3 & { readonly moto: Moto }> {
  const moto = await startMoto({ enforceIam });
  const client = new S3Client({ endpoint: moto.endpoint, region, credentials: moto.deployer, forcePathStyle: true });
  return {
    moto,
    endpoint: moto.endpoint,
    client,
    async createBucket(Bucket) {
      const CreateBucketConfiguration = { LocationConstraint: region } as const;
      await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    },
    async keys(Bucket) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
      return Contents.map(({ Key = "" }) => Key);
    },
    async text(Bucket, Key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      return (Key.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    },
    async stop() {
      client.destroy();
      await moto.stop();
    },
  };
}
