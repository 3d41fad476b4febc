import { accountOf, KMS_KEY_ARN, partitionOf } from "./arn";

/** The arguments that name a key. */
export interface KeyInputs {
  readonly kmsKeyId?: string;
  readonly roleArn?: string;
}

/** IAM knows keys by their ARN only; a key's bare id is completed with the role's account and the bucket's region. */
export function kmsKeyArnOf({ kmsKeyId, roleArn }: KeyInputs, region: string): string | undefined {
  if (kmsKeyId === undefined || kmsKeyId.startsWith("arn:")) return kmsKeyId;
  return `arn:${partitionOf(roleArn)}:kms:${region}:${accountOf(roleArn) ?? ""}:key/${kmsKeyId}`;
}

/**
 * Why the session policy can't name this key, or `undefined` when it can. Without a role there is no session policy, and S3
 * itself knows aliases.
 */
export function kmsKeyProblem({ kmsKeyId, roleArn }: KeyInputs): string | undefined {
  if (kmsKeyId === undefined || roleArn === undefined) return undefined;
  const alias = kmsAliasProblem(kmsKeyId, roleArn);
  if (alias !== undefined) return alias;
  const partition = partitionOf(roleArn);
  const shown = `kmsKeyId ${JSON.stringify(kmsKeyId)}`;
  const wanted = wantedArn(partition);
  const arn = KMS_KEY_ARN.exec(kmsKeyArnOf({ kmsKeyId, roleArn }, "any") ?? "");
  if (arn === null) return `${shown} is neither the ARN nor the id of a KMS key; give ${wanted}`;
  return arn[1] === partition
    ? undefined
    : `${shown} is in partition "${arn[1]}" and the role in "${partition}"; give a key of the role's partition`;
}

/** Why an alias can't stand for the key of a role's session, whichever role it is: a preview may not know the role yet. */
export function kmsAliasProblem(kmsKeyId: string | undefined, roleArn?: string): string | undefined {
  if (kmsKeyId === undefined || !/^(arn:[^/]*:)?alias\//.test(kmsKeyId)) return undefined;
  const wanted = wantedArn(partitionOf(roleArn));
  return `kmsKeyId ${JSON.stringify(kmsKeyId)} is an alias, which an IAM policy can't name; give the ARN of the key that it stands for, ${wanted}`;
}

function wantedArn(partition: string): string {
  return `"arn:${partition}:kms:<region>:<account>:key/<id>"`;
}
