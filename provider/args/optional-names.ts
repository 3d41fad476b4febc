/**
 * Arguments that a program may leave out. They are outputs all the same, and Pulumi's SDK makes an output only of what is
 * named when the resource is declared. Kept apart from the arguments' declaration, which a program need not load.
 */
export const optionalNames = [
  "region",
  "roleArn",
  "externalId",
  "sourceIdentity",
  "allowLongLivedCredentials",
  "timeoutSeconds",
  "includeBom",
  "useCache",
  "kmsKeyId",
  "triggers",
  "deleteObjects",
  "verify",
  "expectRows",
  "countRows",
  "onNewData",
  "adopt",
  "preflight",
  "expectedBucketOwner",
  "acceptBucketAudience",
  "acknowledgeUnrestricted",
] as const;

/** Each of them, not given. */
export const notGiven: Readonly<Record<(typeof optionalNames)[number], undefined>> = Object.fromEntries(
  optionalNames.map((name) => [name, undefined]),
) as never;
