import {
  CreateBucketCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { startMoto } from "../../local/moto";
import { bucketOpenings } from "../../provider/audience/bucket-exposures";
import { inspectBucket } from "../../provider/audience/read-bucket";

/** The account that owns every bucket of moto. */
export const own = "123456789012";
export const foreign = "999999999999";

/** The end of every message about an opening. */
export const accept = 'or give the reason for this audience as acceptBucketAudience: "…"';

/** A statement that opens the exports. `B` stands for the bucket's name until it is put. */
export function statement(rest: object): object {
  return { Sid: "Open", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::B/*", ...rest };
}

/** A moto without IAM, in which buckets can be opened and looked at. */
export async function startBuckets() {
  const moto = await startMoto({ enforceIam: false });
  const { endpoint, deployer: credentials } = moto;
  const s3 = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  let count = 0;
  return {
    s3,
    stop: () => moto.stop(),
    async create(): Promise<string> {
      const Bucket = `exports-${++count}`;
      await s3.send(new CreateBucketCommand({ Bucket }));
      return Bucket;
    },
    async putPolicy(bucket: string, statements: object[]): Promise<void> {
      const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
      await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: text.replaceAll(":::B", `:::${bucket}`) }));
    },
    async block(Bucket: string, PublicAccessBlockConfiguration: Record<string, boolean>): Promise<void> {
      await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    },
    async own(Bucket: string, ObjectOwnership: "BucketOwnerEnforced" | "BucketOwnerPreferred"): Promise<void> {
      const OwnershipControls = { Rules: [{ ObjectOwnership }] };
      await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    },
    async inspect(bucket: string) {
      const settings = await inspectBucket(s3, { bucket });
      const context = { bucket, prefix: "domo/sales", ownAccounts: [own], partition: "aws" };
      return { ...settings, openings: bucketOpenings(settings, context) };
    },
  };
}
