/** Each setting that decides about a bucket's audience, and the action that reads it. */
export const settingActions = [
  ["public access block", "s3:GetBucketPublicAccessBlock"],
  ["policy status", "s3:GetBucketPolicyStatus"],
  ["policy", "s3:GetBucketPolicy"],
  ["ACL", "s3:GetBucketAcl"],
  ["object ownership", "s3:GetBucketOwnershipControls"],
  ["website", "s3:GetBucketWebsite"],
  ["default encryption", "s3:GetEncryptionConfiguration"],
];
