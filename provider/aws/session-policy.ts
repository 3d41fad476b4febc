import { DomoExportError } from "../errors";
import { asciiJson, ExportTargetError, objectsArn, type ExportTarget } from "./write-scope";

/** STS's limit for the plain text of a session policy, in characters. */
export const SESSION_POLICY_LIMIT = 2048;

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
  const upload = {
    Effect: "Allow",
    Action: ["s3:PutObject", "s3:AbortMultipartUpload"],
    Resource: objectsArn(target),
    ...ownerCondition(target.bucketOwner),
  } satisfies PolicyStatement;
  return target.kmsKeyArn === undefined ? [upload] : [upload, keyStatement(target.partition, target.kmsKeyArn)];
}

/**
 * The session policy of the credentials that Domo is handed, as JSON for AssumeRole's `Policy`.
 * Without `s3:PutObjectAcl` the holder can't put objects with an ACL, without `s3:GetObject` and `s3:ListBucket` it can
 * read nothing, not even what it wrote.
 */
export function sessionPolicy(target: ExportTarget): string {
  const policy = asciiJson({ Version: "2012-10-17", Statement: uploadStatements(target) });
  if (policy.length > SESSION_POLICY_LIMIT) throw new SessionPolicyTooLong(policy.length);
  return policy;
}

function ownerCondition(bucketOwner: string | undefined): Pick<PolicyStatement, "Condition"> {
  if (bucketOwner === undefined) return {};
  if (!/^\d{12}$/.test(bucketOwner))
    throw new ExportTargetError(
      "bucketOwner",
      `bucket owner ${JSON.stringify(bucketOwner)} is not an account; give its 12 digits`,
    );
  return { Condition: { StringEquals: { "aws:ResourceAccount": bucketOwner } } };
}

/** A multipart upload decrypts its parts again: https://repost.aws/knowledge-center/s3-large-file-encryption-kms-key */
function keyStatement(partition: string, kmsKeyArn: string): PolicyStatement {
  const region = /^arn:([a-z-]+):kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/.exec(kmsKeyArn);
  if (region === null || region[1] !== partition)
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
    Condition: { StringLike: { "kms:ViaService": `s3.${region[2]}.*` } },
  };
}
