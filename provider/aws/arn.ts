/** The forms of AWS values, each said once: for the arguments' schema, for policies, and for the checks of the audience. */

/** Twelve digits. */
export const ACCOUNT = /^\d{12}$/;
/** `aws`, `aws-cn`, `aws-us-gov` … */
export const PARTITION = /^aws(-[a-z]+)*$/;
/** Region such as `eu-west-3`. */
export const REGION = /^[a-z]{2,}(-[a-z]+)+-\d$/;
/** Name of a general purpose bucket. */
export const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** ARN of an IAM role, of any partition. */
export const ROLE_ARN = /^arn:aws(-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
/** ARN of a user, a role, a role's session or an account, of any partition. */
export const PRINCIPAL_ARN = /^arn:aws(-[a-z]+)*:(iam|sts)::\d{12}:(root|(user|role|assumed-role)\/[\w+=,.@/-]+)$/;
/** ARN of a KMS key, of any partition; not of an alias. */
export const KMS_KEY_ARN = /^arn:(aws(?:-[a-z]+)*):kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/;
/** `externalId` of AssumeRole. */
export const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;
/** `SourceIdentity` of AssumeRole. */
export const SOURCE_IDENTITY = /^[\w+=,.@-]{2,64}$/;

/** Partition of a role, such as `aws-cn`. Without a role it is `aws`. */
export function partitionOf(roleArn: string | undefined): string {
  return roleArn?.split(":")[1] ?? "aws";
}

/** Account of a role. */
export function accountOf(roleArn: string | undefined): string | undefined {
  return roleArn?.split(":")[4];
}

/** Account that must own the bucket: the one that is declared, or else the role's. */
export function bucketOwnerOf(inputs: { expectedBucketOwner?: string; roleArn?: string }): string | undefined {
  return inputs.expectedBucketOwner ?? accountOf(inputs.roleArn);
}

/** The accounts whose members may see what is exported: the bucket's owner and the role's account. */
export function ownAccountsOf(inputs: { expectedBucketOwner?: string; roleArn?: string }): string[] {
  const accounts = [bucketOwnerOf(inputs), accountOf(inputs.roleArn)];
  return [...new Set(accounts.filter((account) => account !== undefined))];
}
