import {
  CreateBucketCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { startMoto } from "../../local/moto";
import { bucketExposures } from "../../provider/audience/bucket-exposures";
import { inspectBucket } from "../../provider/audience/read-bucket";
import { exposureText, own, policyOf } from "./bucket-statements";

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
      const Policy = policyOf(...statements).replaceAll(":::B", `:::${bucket}`);
      await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
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
      const exposures = bucketExposures(settings, { bucket, prefix: "domo/sales", ownAccounts: [own] });
      return { ...settings, exposures: exposures.map((each) => ({ ...each, text: exposureText(each) })) };
    },
  };
}
