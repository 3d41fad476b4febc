import * as pulumi from "@pulumi/pulumi";
import { DomoExportError } from "./errors";
import { EXTERNAL_ID, PRINCIPAL_ARN, SOURCE_IDENTITY } from "./aws/arn";
import { asciiJson } from "./aws/write-scope";
import { SESSION_TAG_KEYS } from "./aws/session-identity";
import { uploadStatements, type PolicyStatement } from "./aws/session-policy";

/** Arguments of {@link exportRolePolicy}. */
export interface ExportRolePolicyArgs {
  /** Name of the bucket that exports are written to. */
  bucket: pulumi.Input<string>;
  /** The `path` of the `DomoS3Export`s that use the role. Objects below it may be written, nothing else. */
  path: pulumi.Input<string>;
  /**
   * ARN of the KMS key that encrypts the objects, not an alias. Needed where `kmsKeyId` is set, or where the bucket's
   * default encryption uses a key of your own.
   */
  kmsKeyArn?: pulumi.Input<string | undefined>;
  /**
   * Account that must own the bucket at the time of writing.
   * @default any account
   */
  bucketOwner?: pulumi.Input<string | undefined>;
  /**
   * Partition of the bucket: `aws-cn` in China, `aws-us-gov` in GovCloud.
   * @default "aws"
   */
  partition?: pulumi.Input<string | undefined>;
}

/** Arguments of {@link exportRoleTrust}. */
export interface ExportRoleTrustArgs {
  /**
   * ARN of the user or role that runs Pulumi; several where, say, CI and people do. A session ARN
   * (`arn:aws:sts::…:assumed-role/…`) is good for that one session only: give the role's ARN.
   */
  callerArn: pulumi.Input<string | string[]>;
  /** `externalId` of the exports that use the role. It is then demanded of every caller. */
  externalId?: pulumi.Input<string | undefined>;
  /** `sourceIdentity` of the exports that use the role. It is then demanded of every caller. */
  sourceIdentity?: pulumi.Input<string | undefined>;
}

/** A caller, external id or source identity that names more than one, or nothing. */
export class ExportRoleTrustError extends DomoExportError {
  override readonly name = "ExportRoleTrustError";
  constructor(
    /** The argument at fault. */
    readonly setting: "callerArn" | "externalId" | "sourceIdentity",
    message: string,
  ) {
    super(message);
  }
}

/**
 * Permission policy of the role that a `DomoS3Export` assumes: what the upload needs and nothing more.
 *
 * ```ts
 * new aws.iam.RolePolicy("export", { role: role.id, policy: exportRolePolicy({ bucket: bucket.bucket, path: "sales" }) });
 * ```
 */
export function exportRolePolicy(args: ExportRolePolicyArgs): pulumi.Output<string> {
  return pulumi.output(args).apply(rolePolicyDocument);
}

/**
 * Trust policy of the role that a `DomoS3Export` assumes: the caller alone may assume it and tag the session with stack,
 * resource and dataset.
 *
 * ```ts
 * const caller = aws.getCallerIdentityOutput();
 * new aws.iam.Role("export", { assumeRolePolicy: exportRoleTrust({ callerArn: caller.arn, externalId: "acme" }) });
 * ```
 */
export function exportRoleTrust(args: ExportRoleTrustArgs): pulumi.Output<string> {
  return pulumi.output(args).apply(roleTrustDocument);
}

/** The text behind {@link exportRolePolicy}. */
export function rolePolicyDocument(args: pulumi.Unwrap<ExportRolePolicyArgs>): string {
  const { bucket, path, kmsKeyArn, bucketOwner, partition = "aws" } = args;
  return policyDocument(uploadStatements({ partition, bucket, prefix: path, kmsKeyArn, bucketOwner }));
}

/** The text behind {@link exportRoleTrust}. */
export function roleTrustDocument({
  callerArn,
  externalId,
  sourceIdentity,
}: pulumi.Unwrap<ExportRoleTrustArgs>): string {
  for (const arn of [callerArn].flat())
    demandForm("callerArn", arn, PRINCIPAL_ARN, "arn:aws:iam::123456789012:role/deploy");
  if (externalId !== undefined) demandForm("externalId", externalId, EXTERNAL_ID, "acme-domo-7f3a");
  if (sourceIdentity !== undefined) demandForm("sourceIdentity", sourceIdentity, SOURCE_IDENTITY, "jane.doe");
  const source: Record<string, string> = sourceIdentity === undefined ? {} : { "sts:SourceIdentity": sourceIdentity };
  const demanded: Record<string, string> = {
    ...(externalId === undefined ? {} : { "sts:ExternalId": externalId }),
    ...source,
  };
  // STS asks for each of the three actions apart, and hands the external id to the first alone.
  const statement = (Action: string, Condition: PolicyStatement["Condition"]): PolicyStatement => ({
    Effect: "Allow",
    Principal: { AWS: callerArn },
    Action,
    ...(Condition === undefined ? {} : { Condition }),
  });
  return policyDocument([
    statement("sts:AssumeRole", Object.keys(demanded).length === 0 ? undefined : { StringEquals: demanded }),
    ...(sourceIdentity === undefined ? [] : [statement("sts:SetSourceIdentity", { StringEquals: source })]),
    statement("sts:TagSession", { "ForAllValues:StringEquals": { "aws:TagKeys": SESSION_TAG_KEYS } }),
  ]);
}

function demandForm(setting: ExportRoleTrustError["setting"], value: string, form: RegExp, example: string): void {
  if (!form.test(value))
    throw new ExportRoleTrustError(
      setting,
      // The value may be a secret of the program.
      `${setting} has a form that can't stand in a trust policy; give a value such as "${example}"`,
    );
}

function policyDocument(statements: readonly PolicyStatement[]): string {
  return asciiJson({ Version: "2012-10-17", Statement: statements });
}
