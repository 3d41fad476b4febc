import type { S3Client } from "@aws-sdk/client-s3";
import { awsCallError } from "../aws/call-error";
import type { Aws, S3Place } from "../aws/clients";
import type { BucketFacts } from "./bucket-exposures";

/** Which bucket to look at. */
export interface InspectBucketArgs {
  readonly bucket: string;
  /** Account that must own the bucket. */
  readonly expectedOwner?: string;
}

/** A setting that the caller may not read. */
export interface UnreadableSetting {
  readonly setting: string;
  /** The IAM action that the caller lacks. */
  readonly action: string;
  /** S3's own code, such as `AccessDenied`. */
  readonly code: string;
}

/** What could be read of a bucket, and what could not. */
export interface BucketSettings extends BucketFacts {
  readonly unreadable: readonly UnreadableSetting[];
}

/** Codes by which S3 says that the caller may not see the setting, or that this server has no such setting. */
const UNREADABLE = new Set(["AccessDenied", "AllAccessDisabled", "MethodNotAllowed", "NotImplemented"]);

/** What came of one call: a value, nothing as the bucket has no such setting, or a refusal. */
interface Reading<T> {
  readonly value?: T;
  readonly refused?: UnreadableSetting;
}

/** The same as {@link inspectBucket}, with the client for the bucket's region; what S3 says instead is a call's error. */
export async function readBucket(
  aws: Pick<Aws, "s3">,
  { bucket, region }: S3Place,
  expectedOwner: string | undefined,
): Promise<BucketSettings> {
  try {
    return await inspectBucket(await aws.s3(region), { bucket, expectedOwner });
  } catch (error) {
    const needs = "to read the bucket's settings";
    throw awsCallError({ service: "S3", operation: "GetBucket*", subject: `s3://${bucket}`, needs }, error);
  }
}

/**
 * Reads the settings that decide who gets at the objects of a bucket. What S3 refuses to show is reported as unreadable;
 * any other error, a missing bucket included, is thrown as the AWS SDK gave it.
 */
export async function inspectBucket(s3: S3Client, args: InspectBucketArgs): Promise<BucketSettings> {
  const aws = await import("@aws-sdk/client-s3");
  const input = { Bucket: args.bucket, ExpectedBucketOwner: args.expectedOwner };
  if (args.expectedOwner !== undefined && (await isForeign(s3, args.bucket, args.expectedOwner)))
    return { notOwnedBy: args.expectedOwner, grants: [], website: false, unreadable: [] };

  const readings = await Promise.all([
    read(
      "public access block",
      "s3:GetBucketPublicAccessBlock",
      "NoSuchPublicAccessBlockConfiguration",
      s3.send(new aws.GetPublicAccessBlockCommand(input)),
    ),
    read(
      "policy status",
      "s3:GetBucketPolicyStatus",
      "NoSuchBucketPolicy",
      s3.send(new aws.GetBucketPolicyStatusCommand(input)),
    ),
    read("policy", "s3:GetBucketPolicy", "NoSuchBucketPolicy", s3.send(new aws.GetBucketPolicyCommand(input))),
    read("ACL", "s3:GetBucketAcl", "", s3.send(new aws.GetBucketAclCommand(input))),
    read(
      "object ownership",
      "s3:GetBucketOwnershipControls",
      "OwnershipControlsNotFoundError",
      s3.send(new aws.GetBucketOwnershipControlsCommand(input)),
    ),
    read(
      "website",
      "s3:GetBucketWebsite",
      "NoSuchWebsiteConfiguration",
      s3.send(new aws.GetBucketWebsiteCommand(input)),
    ),
    read(
      "default encryption",
      "s3:GetEncryptionConfiguration",
      "ServerSideEncryptionConfigurationNotFoundError",
      s3.send(new aws.GetBucketEncryptionCommand(input)),
    ),
  ]);
  const [block, status, policy, acl, ownership, website, encryption] = readings;
  const config = block.value?.PublicAccessBlockConfiguration;
  const rule = encryption.value?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
  return {
    publicAccessBlock: config && {
      blockPublicAcls: config.BlockPublicAcls ?? false,
      ignorePublicAcls: config.IgnorePublicAcls ?? false,
      blockPublicPolicy: config.BlockPublicPolicy ?? false,
      restrictPublicBuckets: config.RestrictPublicBuckets ?? false,
    },
    policyIsPublic: status.value?.PolicyStatus?.IsPublic,
    policy: policy.value?.Policy,
    grants: (acl.value?.Grants ?? []).map(({ Grantee, Permission }) => ({
      grantee: Grantee?.URI ?? Grantee?.ID ?? Grantee?.EmailAddress ?? "unknown",
      permission: Permission ?? "unknown",
    })),
    ownerId: acl.value?.Owner?.ID,
    ownership: ownership.value?.OwnershipControls?.Rules?.[0]?.ObjectOwnership,
    website: website.value !== undefined,
    encryption: rule?.SSEAlgorithm && { algorithm: rule.SSEAlgorithm, kmsKeyId: rule.KMSMasterKeyID },
    unreadable: readings.flatMap(({ refused }) => refused ?? []),
  };
}

async function read<T>(setting: string, action: string, absent: string, call: Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await call };
  } catch (error) {
    const code = error instanceof Error ? error.name : "unknown";
    if (code === absent) return {};
    if (UNREADABLE.has(code)) return { refused: { setting, action, code } };
    throw error;
  }
}

/** S3 shows a wrong owner only by a refusal, which the same call without the question must not meet. */
async function isForeign(s3: S3Client, bucket: string, expectedOwner: string): Promise<boolean> {
  const { HeadBucketCommand } = await import("@aws-sdk/client-s3");
  const isRefused = (owner?: string) =>
    s3.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: owner })).then(
      () => false,
      (error: { $metadata?: { httpStatusCode?: number } }) => {
        // An answer to HEAD has no body that could name the reason.
        if (error.$metadata?.httpStatusCode === 403) return true;
        throw error;
      },
    );
  return (await isRefused(expectedOwner)) && !(await isRefused());
}
