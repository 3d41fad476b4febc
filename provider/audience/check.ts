import type { ExportInputs } from "../args/schema";
import { bucketOwnerOf, ownAccountsOf } from "../aws/arn";
import type { S3Place } from "../aws/clients";
import { AwsCallError, PreflightError } from "../errors";
import type { Reporter } from "../host/reporter";
import type { Services } from "../services";
import type { RowPolicies } from "../state/export-state";
import { type Acceptance, acceptedBefore } from "./acceptance";
import { bucketExposures } from "./bucket-exposures";
import type { Exposure } from "./exposure";
import { encryptionProblem, judgeAudience, notAccepted, uncheckedText } from "./judge";
import { type BucketSettings, readBucket } from "./read-bucket";
import { policiesDigest } from "./policies-digest";
import { arePoliciesHidden, datasetAudience, unrestrictedText } from "./row-policies";

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

/** Which export is judged, and for which bucket. */
export interface AudienceOptions {
  readonly inputs: AudienceInputs;
  readonly place: S3Place;
}

/** What a look at a bucket needs. */
export type BucketServices = Pick<Services, "aws" | "read">;

/** What the check found out. */
export interface Audience {
  /** Row policies that applied to the token's user; absent when Domo does not show them. */
  readonly pdp?: RowPolicies;
  /** What `acceptBucketAudience` is bound to, for state; absent without it. */
  readonly acceptedExposures?: readonly string[];
}

/** What a bucket lets in now, beyond what was accepted. */
export type BucketNow =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; readonly exposures: readonly Exposure[] }
  | { readonly kind: "unclear"; readonly message: string };

/**
 * Checks who gets at the bucket's objects, and compares with the dataset's row policies. Fails closed: a bucket that is
 * open to others, or whose settings the caller may not read, is refused unless the arguments say otherwise.
 *
 * @param options.previous what state holds, to which an unchanged `acceptBucketAudience` is bound
 */
export async function checkAudience(
  services: Services,
  report: Reporter,
  { inputs, place, previous }: AudienceOptions & { readonly previous?: Acceptance },
): Promise<Audience> {
  const policies = await rowPolicies(services, report, inputs);
  const { settings, exposures } = await lookAt(services, { inputs, place });
  const { bucket } = place;
  const findings = { bucket, exposures, unreadable: settings.unreadable };
  const verdict = judgeAudience(findings, { ...inputs, accepted: acceptedBefore(previous, inputs) });
  if (verdict.kind === "refused") throw new PreflightError(verdict.fact, verdict);
  for (const warning of verdict.warnings) report.warn(warning);
  const rowsAre = { rowPolicies: policies?.enabled ?? false, kmsKeyId: inputs.kmsKeyId };
  const problem = encryptionProblem(bucket, settings, rowsAre);
  if (problem !== undefined) throw new PreflightError(problem.fact, problem);
  const pdp = policies && { enabled: policies.enabled, policies: policies.policies, digest: policies.digest };
  return { pdp, acceptedExposures: verdict.accepted };
}

/**
 * Judges the bucket once more, right before the export is started: what was opened since `checkAudience` is refused. The
 * reading is at most five seconds old.
 *
 * @param options.accepted the `acceptedExposures` of {@link checkAudience}
 */
export async function recheckBucket(
  services: BucketServices,
  { inputs, place, accepted }: AudienceOptions & { readonly accepted?: readonly string[] },
): Promise<void> {
  const { settings, exposures } = await lookAt(services, { inputs, place });
  const findings = { bucket: place.bucket, exposures, unreadable: settings.unreadable };
  const verdict = judgeAudience(findings, { ...inputs, accepted: accepted ?? [] });
  if (verdict.kind === "refused") throw new PreflightError(verdict.fact, verdict);
}

/** What the bucket lets in beyond what was accepted, as a value: for a look after the export, when nothing can be refused. */
export async function bucketNow(
  services: BucketServices,
  { inputs, place, accepted = [] }: AudienceOptions & { readonly accepted?: readonly string[] },
): Promise<BucketNow> {
  try {
    const { settings, exposures } = await lookAt(services, { inputs, place });
    const open = notAccepted(exposures, accepted);
    if (open.length > 0) return { kind: "open", exposures: open };
    const message = uncheckedText(place.bucket, settings.unreadable);
    return message === undefined ? { kind: "closed" } : { kind: "unclear", message };
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    return { kind: "unclear", message: error.message };
  }
}

/** Reads the bucket's settings, shared by the exports that ask within some seconds, and finds what they open. */
async function lookAt(
  services: BucketServices,
  { inputs, place }: AudienceOptions,
): Promise<{ settings: BucketSettings; exposures: Exposure[] }> {
  const { bucket } = place;
  const expectedOwner = bucketOwnerOf(inputs);
  const read = () => readBucket(services.aws, place, expectedOwner);
  const settings = await services.read.bucketSettings(bucket, expectedOwner, read);
  const context = { bucket, ownAccounts: ownAccountsOf(inputs), prefix: inputs.path };
  return { settings, exposures: bucketExposures(settings, context) };
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
      const { fact, advice } = unrestrictedText(facts.name, audience);
      report.warn(`dataset ${fact}; ${advice}`);
    }
    return { ...audience, digest: policiesDigest(policies, userId, audience) };
  } catch (error) {
    if (!arePoliciesHidden(error)) throw error;
    report.warn(`the row policies of dataset ${dataset} can't be read: ${error.message}`);
    return undefined;
  }
}
