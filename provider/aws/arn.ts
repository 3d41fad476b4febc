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
