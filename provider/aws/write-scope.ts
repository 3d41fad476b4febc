/**
 * Where an export may write, in IAM's words: the check of bucket, path and key, and the one place that escapes
 * text for a policy.
 */
import { DomoExportError } from "../errors";
import { BUCKET_NAME, bucketOwnerOf, PARTITION, partitionOf } from "./arn";
import { kmsKeyArnOf } from "./kms-key";

/** Bucket, prefix and key that a policy is written for. */
export interface ExportTarget {
  /** `aws`, `aws-cn`, `aws-us-gov` …: the partition of the bucket. */
  readonly partition: string;
  readonly bucket: string;
  /** Key prefix without slash at either end. Everything below `prefix/` may be written, nothing else. */
  readonly prefix: string;
  /** ARN of the key that encrypts the objects (`arn:…:key/…`, not an alias). */
  readonly kmsKeyArn?: string;
  /**
   * Account that must own the bucket when Domo writes. Domo sends no expected owner, so this is what keeps the data out
   * of a bucket that was deleted and created anew by somebody else.
   */
  readonly bucketOwner?: string;
}

/** The arguments that decide where an export may write. */
export interface TargetInputs {
  readonly bucket: string;
  readonly roleArn?: string;
  readonly kmsKeyId?: string;
  readonly expectedBucketOwner?: string;
}

/** The target of an export: its arguments, with what only the bucket and the definition decide. */
export function targetOf(
  inputs: TargetInputs,
  { region, keyPrefix }: { region: string; keyPrefix: string },
): ExportTarget {
  return {
    partition: partitionOf(inputs.roleArn),
    bucket: inputs.bucket,
    prefix: keyPrefix,
    kmsKeyArn: kmsKeyArnOf(inputs, region),
    bucketOwner: bucketOwnerOf(inputs),
  };
}

/** A bucket, path, key or account for which no safe policy can be written. */
export class ExportTargetError extends DomoExportError {
  override readonly name = "ExportTargetError";
  constructor(
    /** The argument at fault. */
    readonly setting: "partition" | "bucket" | "path" | "kmsKeyArn" | "bucketOwner",
    message: string,
  ) {
    super(message);
  }
}

/** Why no policy can confine an export to this path, or `undefined` when one can. */
export function pathProblem(path: string): string | undefined {
  if (Buffer.byteLength(path) > 900)
    return `path of ${Buffer.byteLength(path)} bytes is too long; keep it to 900, so that Domo's own part fits into the 1,024 bytes of an S3 key`;
  return formProblem(path);
}

function formProblem(path: string): string | undefined {
  const shown = JSON.stringify(path);
  if (path === "") return 'path "" is the whole bucket; name a folder for exports, such as "domo/sales"';
  if (path.startsWith("/") || path.endsWith("/")) return `path ${shown} starts or ends with a slash; leave it out`;
  if (hasOddComponent(path))
    return `path ${shown} has an empty, "." or ".." component, which HTTP clients rewrite; leave it out`;
  if (hasControlCharacter(path))
    return `path ${shown} has a control character, which no IAM policy can express; choose a path without it`;
  if (hasHalfCharacter(path)) return `path ${shown} is not valid Unicode text; choose a path without half characters`;
  return undefined;
}

/** Whether a key has a component that HTTP clients rewrite. */
export function hasOddComponent(key: string): boolean {
  return key.split("/").some((part) => part === "" || part === "." || part === "..");
}

/** IAM reads no control characters, and S3 answers with XML that can't hold them either. */
export function hasControlCharacter(key: string): boolean {
  // eslint-disable-next-line no-control-regex
  return /[\u0000-\u001f\u007f-\u009f]/.test(key);
}

/** Whether a text is not valid Unicode. */
export function hasHalfCharacter(key: string): boolean {
  return Buffer.from(key).toString() !== key;
}

/**
 * Text as a literal of an IAM policy: `*`, `?` and `$` lose their meaning.
 * The three variables exist in policies of `Version` 2012-10-17 only:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
export function iamLiteral(text: string): string {
  return text.replace(/[*?$]/g, (character) => `\${${character}}`);
}

/** JSON in ASCII, as STS and IAM refuse characters above U+00FF in a policy but read JSON's own escapes. */
export function asciiJson(document: unknown): string {
  return JSON.stringify(document).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** ARN pattern of the objects under the prefix. Throws {@link ExportTargetError} for what can't be confined. */
export function objectsArn(target: ExportTarget): string {
  return `${objectArn(target, target.prefix)}/*`;
}

/** ARN of one object of the bucket, as {@link objectsArn}. */
export function objectArn({ partition, bucket }: ExportTarget, key: string): string {
  if (!PARTITION.test(partition))
    throw new ExportTargetError(
      "partition",
      `partition ${JSON.stringify(partition)} is not an AWS partition; use "aws", "aws-cn" or "aws-us-gov"`,
    );
  if (!BUCKET_NAME.test(bucket))
    throw new ExportTargetError(
      "bucket",
      `bucket ${JSON.stringify(bucket)} is not a bucket name; give the plain name, not a URL or an ARN`,
    );
  const problem = formProblem(key);
  if (problem !== undefined) throw new ExportTargetError("path", problem);
  return `arn:${partition}:s3:::${bucket}/${iamLiteral(key)}`;
}
