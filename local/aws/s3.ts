import type { ServerSideEncryptionConfiguration, S3Client } from "@aws-sdk/client-s3";
import { fromTagList, type Kind, orMissing, type Props, toTagList } from "./kind";

const loadSdk = () => import("@aws-sdk/client-s3");

function regionOf(props: Props): string {
  return (props.region as string | undefined) ?? process.env.AWS_REGION ?? "us-east-1";
}

async function client(props: Props): Promise<S3Client> {
  return new (await loadSdk()).S3Client({ region: regionOf(props), forcePathStyle: true });
}

/** `aws:s3/bucket:Bucket` */
export const bucket: Kind = {
  inputs: ["bucket", "forceDestroy", "region", "tags"],
  replaceOn: ["bucket", "region"],
  autoName: "bucket",
  maxNameLength: 63,
  async create(inputs) {
    const { CreateBucketCommand } = await loadSdk();
    const region = regionOf(inputs);
    const location = region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region } };
    const Bucket = inputs.bucket as string;
    await (await client(inputs)).send(new CreateBucketCommand({ Bucket, ...location } as { Bucket: string }));
    if (inputs.tags) await tagBucket(Bucket, inputs);
    return Bucket;
  },
  async read(Bucket, state) {
    const { GetBucketTaggingCommand, HeadBucketCommand } = await loadSdk();
    const s3 = await client(state);
    const head = await orMissing(s3.send(new HeadBucketCommand({ Bucket })));
    if (!head) return undefined;
    const tags = fromTagList((await orMissing(s3.send(new GetBucketTaggingCommand({ Bucket }))))?.TagSet);
    const region = head.BucketRegion ?? regionOf(state);
    return {
      bucket: Bucket,
      arn: `arn:aws:s3:::${Bucket}`,
      region,
      bucketRegion: region,
      bucketDomainName: `${Bucket}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${Bucket}.s3.${region}.amazonaws.com`,
      tags,
      tagsAll: tags ?? {},
    };
  },
  update: tagBucket,
  async delete(Bucket, state) {
    const { DeleteBucketCommand } = await loadSdk();
    const s3 = await client(state);
    if (state.forceDestroy === true) await emptyBucket(s3, Bucket);
    await orMissing(s3.send(new DeleteBucketCommand({ Bucket })));
  },
};

async function tagBucket(Bucket: string, inputs: Props): Promise<void> {
  const { PutBucketTaggingCommand } = await loadSdk();
  const Tagging = { TagSet: toTagList(inputs.tags) };
  await (await client(inputs)).send(new PutBucketTaggingCommand({ Bucket, Tagging }));
}

async function emptyBucket(s3: S3Client, Bucket: string): Promise<void> {
  const { DeleteObjectsCommand, paginateListObjectsV2 } = await loadSdk();
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    const Objects = Contents.map(({ Key }) => ({ Key }));
    if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
}

const blocks = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

/** `aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock` */
export const bucketPublicAccessBlock: Kind = {
  inputs: ["bucket", "region", ...blocks],
  replaceOn: ["bucket", "region"],
  async create(inputs) {
    await blockPublicAccess(inputs.bucket as string, inputs);
    return inputs.bucket as string;
  },
  async read(Bucket, state) {
    const { GetPublicAccessBlockCommand } = await loadSdk();
    const found = await orMissing((await client(state)).send(new GetPublicAccessBlockCommand({ Bucket })));
    const actual = found?.PublicAccessBlockConfiguration;
    if (!actual) return undefined;
    return {
      bucket: Bucket,
      blockPublicAcls: actual.BlockPublicAcls ?? false,
      blockPublicPolicy: actual.BlockPublicPolicy ?? false,
      ignorePublicAcls: actual.IgnorePublicAcls ?? false,
      restrictPublicBuckets: actual.RestrictPublicBuckets ?? false,
    };
  },
  update: blockPublicAccess,
  async delete(Bucket, state) {
    const { DeletePublicAccessBlockCommand } = await loadSdk();
    await orMissing((await client(state)).send(new DeletePublicAccessBlockCommand({ Bucket })));
  },
};

async function blockPublicAccess(Bucket: string, inputs: Props): Promise<void> {
  const { PutPublicAccessBlockCommand } = await loadSdk();
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: inputs.blockPublicAcls === true,
    BlockPublicPolicy: inputs.blockPublicPolicy === true,
    IgnorePublicAcls: inputs.ignorePublicAcls === true,
    RestrictPublicBuckets: inputs.restrictPublicBuckets === true,
  };
  const command = new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration });
  await (await client(inputs)).send(command);
}

interface EncryptionRule {
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm: string; readonly kmsMasterKeyId?: string };
  readonly bucketKeyEnabled?: boolean;
}

/** `aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration` */
export const bucketServerSideEncryptionConfiguration: Kind = {
  inputs: ["bucket", "region", "rules"],
  replaceOn: ["bucket", "region"],
  async create(inputs) {
    await encryptBucket(inputs.bucket as string, inputs);
    return inputs.bucket as string;
  },
  async read(Bucket, state) {
    const { GetBucketEncryptionCommand } = await loadSdk();
    const found = await orMissing((await client(state)).send(new GetBucketEncryptionCommand({ Bucket })));
    const rules = found?.ServerSideEncryptionConfiguration?.Rules;
    if (!rules) return undefined;
    return {
      bucket: Bucket,
      rules: rules.map(({ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled }, index) => ({
        ...(byDefault && {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: byDefault.SSEAlgorithm,
            ...(byDefault.KMSMasterKeyID && { kmsMasterKeyId: byDefault.KMSMasterKeyID }),
          },
        }),
        // AWS answers false where nothing was said: that is no drift.
        ...((BucketKeyEnabled || givenRules(state)[index]?.bucketKeyEnabled !== undefined) && {
          bucketKeyEnabled: BucketKeyEnabled ?? false,
        }),
      })),
    };
  },
  update: encryptBucket,
  async delete(Bucket, state) {
    const { DeleteBucketEncryptionCommand } = await loadSdk();
    await orMissing((await client(state)).send(new DeleteBucketEncryptionCommand({ Bucket })));
  },
};

function givenRules(props: Props): readonly EncryptionRule[] {
  return (props.rules ?? []) as readonly EncryptionRule[];
}

async function encryptBucket(Bucket: string, inputs: Props): Promise<void> {
  const { PutBucketEncryptionCommand } = await loadSdk();
  const Rules = givenRules(inputs).map(({ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled }) => ({
    ApplyServerSideEncryptionByDefault: byDefault && {
      SSEAlgorithm: byDefault.sseAlgorithm,
      KMSMasterKeyID: byDefault.kmsMasterKeyId,
    },
    BucketKeyEnabled: bucketKeyEnabled,
  }));
  const ServerSideEncryptionConfiguration = { Rules } as ServerSideEncryptionConfiguration;
  await (await client(inputs)).send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
}

/** `aws:s3/bucketPolicy:BucketPolicy` */
export const bucketPolicy: Kind = {
  inputs: ["bucket", "policy", "region"],
  replaceOn: ["bucket", "region"],
  documents: ["policy"],
  async create(inputs) {
    await putBucketPolicy(inputs.bucket as string, inputs);
    return inputs.bucket as string;
  },
  async read(Bucket, state) {
    const { GetBucketPolicyCommand } = await loadSdk();
    const found = await orMissing((await client(state)).send(new GetBucketPolicyCommand({ Bucket })));
    return found?.Policy ? { bucket: Bucket, policy: found.Policy } : undefined;
  },
  update: putBucketPolicy,
  async delete(Bucket, state) {
    const { DeleteBucketPolicyCommand } = await loadSdk();
    await orMissing((await client(state)).send(new DeleteBucketPolicyCommand({ Bucket })));
  },
};

async function putBucketPolicy(Bucket: string, inputs: Props): Promise<void> {
  const { PutBucketPolicyCommand } = await loadSdk();
  await (await client(inputs)).send(new PutBucketPolicyCommand({ Bucket, Policy: inputs.policy as string }));
}
