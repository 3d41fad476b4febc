import type { S3Place } from "../aws/clients";
import { awsCallError } from "../aws/call-error";
import { bucketOpenings } from "./bucket-exposures";
import type { Opening } from "./exposure";
import { policiesDigest } from "./policies-digest";
import { datasetAudience } from "./row-policies";
import { DomoStatusError, PreflightError } from "../errors";
import { inspectBucket, type BucketSettings, type UnreadableSetting } from "./read-bucket";
import type { Reporter } from "../host/reporter";
import { accountOf, bucketOwnerOf, partitionOf } from "../aws/arn";
import type { ExportInputs } from "../args/schema";
import type { Services } from "../services";
import type { RowPolicies } from "../state/export-state";

/** The arguments that decide who may see the data. */
export type AudienceInputs = Pick<
  ExportInputs,
  | "dataset"
  | "path"
  | "roleArn"
  | "kmsKeyId"
  | "preflight"
  | "expectedBucketOwner"
  | "acceptBucketAudience"
  | "acknowledgeUnrestricted"
>;

/**
 * Checks who gets at the bucket's objects, and compares with the dataset's row policies. Fails closed: a bucket that is
 * open to others, or whose settings the caller may not read, is refused unless the arguments say otherwise.
 *
 * @returns which row policies applied to the token's user, or `undefined` when Domo does not show them.
 */
export async function checkAudience(
  services: Services,
  report: Reporter,
  { inputs, place }: { inputs: AudienceInputs; place: S3Place },
): Promise<RowPolicies | undefined> {
  const policies = await rowPolicies(services, report, inputs);
  const expectedOwner = bucketOwnerOf(inputs);
  const bucket = await bucketSettings(services, expectedOwner, place);
  const openings = bucketOpenings(bucket, {
    bucket: place.bucket,
    partition: partitionOf(inputs.roleArn),
    ownAccounts: [...new Set([expectedOwner, accountOf(inputs.roleArn)].filter((account) => account !== undefined))],
    prefix: inputs.path,
  });
  judgeBucket({ openings, unreadable: bucket.unreadable }, { inputs, place, report });
  if (
    policies?.enabled &&
    !bucket.encryption &&
    inputs.kmsKeyId === undefined &&
    !isUnreadable(bucket, "default encryption")
  ) {
    throw new PreflightError(
      `bucket "${place.bucket}" has no default encryption, which a dataset with row policies needs; ` +
        "set the bucket's server-side encryption, or give kmsKeyId",
    );
  }
  return policies && { enabled: policies.enabled, policies: policies.policies, digest: policies.digest };
}

function judgeBucket(
  { openings, unreadable }: { openings: readonly Opening[]; unreadable: readonly UnreadableSetting[] },
  { inputs, place, report }: { inputs: AudienceInputs; place: S3Place; report: Reporter },
): void {
  if (openings.length > 0) {
    const found = openings.map(({ message }) => message).join("; ");
    if (inputs.acceptBucketAudience === undefined) throw new PreflightError(found);
    report.warn(`accepted because "${inputs.acceptBucketAudience}": ${found}`);
  }
  if (unreadable.length === 0) return;
  const missing = unreadable.map(({ setting, action }) => `${action} (${setting})`).join(", ");
  const text = `the audience of bucket "${place.bucket}" can't be checked: the caller lacks ${missing}`;
  if (inputs.preflight === "strict") {
    throw new PreflightError(`${text}; grant the actions, or set preflight: "warn" to go on without this check`);
  }
  report.warn(`${text}; going on because preflight is "warn"`);
}

function isUnreadable({ unreadable }: BucketSettings, setting: string): boolean {
  return unreadable.some((refused) => refused.setting === setting);
}

/** Shared by the exports that ask within half a minute: a bucket that is opened while a run goes on is still noticed. */
async function bucketSettings(
  services: Services,
  expectedOwner: string | undefined,
  { bucket, region }: S3Place,
): Promise<BucketSettings> {
  return services.read.bucketSettings(bucket, expectedOwner, async () => {
    try {
      return await inspectBucket(await services.aws.s3(region), { bucket, expectedOwner });
    } catch (error) {
      const needs = "to read the bucket's settings";
      throw awsCallError({ service: "S3", operation: "GetBucket*", subject: `s3://${bucket}`, needs }, error);
    }
  });
}

async function rowPolicies({ read }: Services, report: Reporter, inputs: AudienceInputs) {
  const { dataset } = inputs;
  try {
    const [policies, { id: userId }, facts] = await Promise.all([
      read.policies(dataset),
      read.user(),
      read.dataset(dataset),
    ]);
    const audience = datasetAudience({ policies, userId, ownerId: facts.owner?.id, permissions: facts.permissions });
    if (audience.enabled && audience.rows !== "restricted" && !inputs.acknowledgeUnrestricted) {
      report.warn(
        `dataset "${facts.name}" has row policies, and the token's user ${audience.rows === "all" ? "sees" : "may see"} ` +
          "all of its rows: so will everyone who can read the file; use a token of a restricted user, or set acknowledgeUnrestricted: true",
      );
    }
    return { ...audience, digest: policiesDigest(policies, userId, audience) };
  } catch (error) {
    if (!(error instanceof DomoStatusError) || (error.status !== 403 && error.status !== 404)) throw error;
    report.warn(`the row policies of dataset ${dataset} can't be read: ${error.message}`);
    return undefined;
  }
}
