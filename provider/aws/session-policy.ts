import { deflateRawSync } from "node:zlib";
import { DomoExportError } from "../errors";
import { ACCOUNT, KMS_KEY_ARN } from "./arn";
import { kmsKeyProblem } from "./kms-key";
import {
  asciiJson,
  ExportTargetError,
  objectArn,
  objectsArn,
  targetOf,
  type ExportTarget,
  type TargetInputs,
} from "./write-scope";

/** STS's limit for the plain text of a session policy, in characters. */
export const SESSION_POLICY_LIMIT = 2048;

/**
 * What STS has room for, in bytes, once it has packed policy and tags. Neither the packing nor the limit is documented; tags
 * were seen to fill it with some 450 bytes: https://github.com/aws-actions/configure-aws-credentials/issues/1898
 */
const PACKED_LIMIT = 450;

/** The policy is longer than STS accepts, which a long path with many escaped characters can bring about. */
export class SessionPolicyTooLong extends DomoExportError {
  override readonly name = "SessionPolicyTooLong";
  constructor(readonly length: number) {
    super(
      `the session policy for this path has ${length} characters, STS accepts ${SESSION_POLICY_LIMIT}; ` +
        "shorten path, or use fewer characters outside of plain ASCII in it",
    );
  }
}

/** An argument for which no session can be opened, and why. */
export interface SessionProblem {
  readonly property: "path" | "kmsKeyId";
  readonly reason: string;
}

/**
 * Why no session can be opened for an export with these checked arguments, as far as that is certain before STS is asked.
 *
 * @param digestLength characters of the definition's digest, which the export's prefix ends with
 */
export function sessionPolicyProblem(
  inputs: TargetInputs & { readonly path: string; readonly region?: string },
  { digestLength }: { digestLength: number },
): SessionProblem | undefined {
  if (inputs.roleArn === undefined) return undefined;
  const ofKey = kmsKeyProblem(inputs);
  if (ofKey !== undefined) return { property: "kmsKeyId", reason: ofKey };
  const keyPrefix = `${inputs.path}/${"0".repeat(digestLength)}`;
  try {
    sessionPolicy(targetOf(inputs, { region: inputs.region ?? "us-east-1", keyPrefix }));
  } catch (error) {
    if (error instanceof SessionPolicyTooLong) return { property: "path", reason: error.message };
    throw error;
  }
  // Only what no packing avoids: the path alone, by DEFLATE. STS decides about what lies between.
  const packed = deflateRawSync(inputs.path).length;
  if (packed <= PACKED_LIMIT) return undefined;
  const reason = `path has ${packed} bytes even when packed, and STS has room for about ${PACKED_LIMIT} in a session policy; shorten path`;
  return { property: "path", reason };
}

/** One statement of a policy that this package writes. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow";
  readonly Principal?: { readonly AWS: string | readonly string[] };
  readonly Action: string | readonly string[];
  readonly Resource?: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What an upload to the target needs and nothing more: put, abort of a multipart upload, and the key's two calls. */
export function uploadStatements(target: ExportTarget): readonly PolicyStatement[] {
  return writeStatements(target, ["s3:PutObject", "s3:AbortMultipartUpload"], objectsArn(target));
}

function writeStatements(target: ExportTarget, Action: readonly string[], Resource: string): PolicyStatement[] {
  const write = { Effect: "Allow", Action, Resource, ...ownerCondition(target.bucketOwner) } satisfies PolicyStatement;
  return target.kmsKeyArn === undefined ? [write] : [write, keyStatement(target.partition, target.kmsKeyArn)];
}

/**
 * The session policy of the credentials that Domo is handed, as JSON for AssumeRole's `Policy`.
 * Without `s3:PutObjectAcl` the holder can't put objects with an ACL, without `s3:GetObject` and `s3:ListBucket` it can
 * read nothing, not even what it wrote.
 */
export function sessionPolicy(target: ExportTarget): string {
  return policyText(uploadStatements(target));
}

/** The session policy of the credentials that the manifest is written with: this one object, and nothing else. */
export function objectPolicy(target: ExportTarget, key: string): string {
  return policyText(writeStatements(target, ["s3:PutObject"], objectArn(target, key)));
}

function policyText(statements: readonly PolicyStatement[]): string {
  const policy = asciiJson({ Version: "2012-10-17", Statement: statements });
  if (policy.length > SESSION_POLICY_LIMIT) throw new SessionPolicyTooLong(policy.length);
  return policy;
}

function ownerCondition(bucketOwner: string | undefined): Pick<PolicyStatement, "Condition"> {
  if (bucketOwner === undefined) return {};
  if (!ACCOUNT.test(bucketOwner))
    throw new ExportTargetError(
      "bucketOwner",
      `bucket owner ${JSON.stringify(bucketOwner)} is not an account; give its 12 digits`,
    );
  return { Condition: { StringEquals: { "aws:ResourceAccount": bucketOwner } } };
}

/** A multipart upload decrypts its parts again: https://repost.aws/knowledge-center/s3-large-file-encryption-kms-key */
function keyStatement(partition: string, kmsKeyArn: string): PolicyStatement {
  const [, ofPartition, region] = KMS_KEY_ARN.exec(kmsKeyArn) ?? [];
  if (ofPartition !== partition)
    throw new ExportTargetError(
      "kmsKeyArn",
      `${JSON.stringify(kmsKeyArn)} is not the ARN of a key in partition "${partition}"; ` +
        `give "arn:${partition}:kms:<region>:<account>:key/<id>", as IAM matches neither aliases nor bare ids`,
    );
  return {
    Effect: "Allow",
    Action: ["kms:GenerateDataKey", "kms:Decrypt"],
    Resource: kmsKeyArn,
    // The host's suffix differs between partitions and only AWS sets this value; through S3 alone, Decrypt reads nothing
    // that the first statement does not already give away.
    Condition: { StringLike: { "kms:ViaService": `s3.${region}.*` } },
  };
}
