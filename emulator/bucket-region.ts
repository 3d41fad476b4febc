import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { EmulatorOptions } from "./options";

/**
 * The region that a bucket really is in, or undefined when S3 does not tell. S3 itself names it in its answer to anybody and
 * refuses a wrong one; a stand-in may do neither, hence `regionProbe`.
 */
export async function bucketRegion(
  bucket: string,
  { s3Endpoint, regionProbe }: Pick<EmulatorOptions, "s3Endpoint" | "regionProbe">,
): Promise<string | undefined> {
  if (regionProbe) return askWithKeys(bucket, s3Endpoint, regionProbe);
  const url = s3Endpoint ? `${s3Endpoint.replace(/\/$/, "")}/${bucket}` : `https://${bucket}.s3.amazonaws.com/`;
  const answer = await fetch(url, { method: "HEAD", redirect: "manual" }).catch(() => undefined);
  return answer?.headers.get("x-amz-bucket-region") ?? undefined;
}

async function askWithKeys(
  bucket: string,
  endpoint: string | undefined,
  credentials: NonNullable<EmulatorOptions["regionProbe"]>,
): Promise<string | undefined> {
  const client = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: endpoint !== undefined });
  try {
    const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return BucketRegion;
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
