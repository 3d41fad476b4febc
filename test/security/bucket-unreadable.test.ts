import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startMoto } from "../../local/moto";
import { bucketExposures } from "../../provider/audience/bucket-exposures";
import { inspectBucket } from "../../provider/audience/read-bucket";
import { settingActions } from "./setting-actions";

const args = { bucket: "exports", ownAccounts: ["123456789012"] };

test("every setting that the caller may not read is named with the action that is missing", async () => {
  const moto = await startMoto({ deployerActions: ["s3:CreateBucket"] });
  try {
    const s3 = new S3Client({
      endpoint: moto.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: moto.deployer,
      maxAttempts: 1,
    });
    await s3.send(new CreateBucketCommand({ Bucket: "exports" }));
    const settings = await inspectBucket(s3, args);
    expect(bucketExposures(settings, args)).toEqual([]);
    expect(settings.unreadable).toEqual(
      settingActions.map(([setting, action]) => ({ setting, action, code: "AccessDenied" })),
    );
  } finally {
    await moto.stop();
  }
}, 120_000);
