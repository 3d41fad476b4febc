import type { AwsCredentials, S3Place } from "../aws/clients";
import { isDenied } from "../aws/call-error";
import type { Definition } from "../args/identity";
import { AwsCallError } from "../errors";
import type { Reporter } from "../host/reporter";
import { backoff, retry } from "../host/retry";
import { accountOf, bucketOwnerOf, partitionOf } from "../aws/arn";
import type { ExportInputs } from "../args/schema";
import type { Services } from "../services";
import { refusesSessionTags, sessionSeconds, sessionName, sessionTags } from "../aws/session-identity";
import { sessionPolicy } from "../aws/session-policy";

/** What credentials are made for. */
export interface CredentialsRequest {
  inputs: ExportInputs;
  definition: Definition;
  place: S3Place;
  /** Milliseconds of the clock until when they are needed. */
  deadline: number;
}

/** Name of the probe's key: it is never written, only a multipart upload to it is started and aborted. */
const PROBE_NAME = ".write-probe";

/**
 * Credentials, with S3's time when they were proved, that can do nothing but write below the definition's prefix, proved to work. A role created seconds ago
 * refuses for a while, so refusals are retried before they are believed.
 */
export async function writeCredentials(
  services: Services,
  report: Reporter,
  request: CredentialsRequest,
): Promise<{ credentials: AwsCredentials; s3Time: number }> {
  const { aws, clock, settings, sessions } = services;
  const { inputs, definition, place } = request;
  const patiently = <T>(what: string, run: () => Promise<T>): Promise<T> =>
    retry(run, {
      clock,
      budgetMs: settings.accessPatienceMs,
      delayFor: (error, attempt) =>
        error instanceof AwsCallError && (isDenied(error.code) || error.code === "InvalidAccessKeyId")
          ? backoff(attempt, { baseMs: 1000, capMs: 8000 }, clock.random)
          : undefined,
      onRetry: () => report.progress(`waiting for AWS to grant ${what} (new roles take a while)`),
    });
  const credentials = inputs.roleArn
    ? await patiently("the role", () => assumeRole(services, report, request))
    : await callerCredentials(services, report);
  const key = `${definition.keyPrefix}/${PROBE_NAME}`;
  try {
    const s3Time = await patiently("the write", () => aws.probeWrite(place, key, credentials, inputs.kmsKeyId));
    return { credentials, s3Time };
  } catch (error) {
    sessions.forget(credentials);
    throw error;
  }
}

async function callerCredentials({ aws }: Services, report: Reporter): Promise<AwsCredentials> {
  report.warn(
    "Domo is handed the caller's own AWS credentials, which can do more than write this export; " +
      "give roleArn to hand it a session of a role that is confined to the export's prefix",
  );
  return aws.callerCredentials();
}

async function assumeRole(
  { sessions }: Services,
  report: Reporter,
  { inputs, definition, place, deadline }: CredentialsRequest,
): Promise<AwsCredentials> {
  const subject = subjectOf(inputs);
  const lifetime = sessionSeconds(inputs.timeoutSeconds);
  if (lifetime.warning) report.warn(lifetime.warning);
  const request = {
    RoleArn: inputs.roleArn,
    RoleSessionName: sessionName(subject),
    DurationSeconds: lifetime.seconds,
    ExternalId: inputs.externalId,
    SourceIdentity: inputs.sourceIdentity,
    Policy: sessionPolicy({
      partition: partitionOf(inputs.roleArn),
      bucket: place.bucket,
      prefix: definition.keyPrefix,
      kmsKeyArn: keyArn(inputs, place),
      bucketOwner: bucketOwnerOf(inputs),
    }),
  };
  try {
    return await sessions.open({ ...request, Tags: sessionTags(subject) }, deadline);
  } catch (error) {
    if (!(error instanceof AwsCallError) || !refusesSessionTags(error.cause)) throw error;
    report.warn(
      `the role's trust policy does not allow sts:TagSession, so the export is traceable by its session name only`,
    );
    return sessions.open(request, deadline);
  }
}

/** Stack and name as CloudTrail shall show them, from the URN `urn:pulumi:stack::project::type::name`. */
function subjectOf({ resourceUrn = "", dataset }: ExportInputs) {
  const [head = "", , , ...name] = resourceUrn.split("::");
  return { stack: head.split(":")[2] ?? "unknown", resource: name.join("::") || "unknown", dataset };
}

/** IAM knows keys by their ARN only; a bare key id is completed with the role's account and the bucket's region. */
function keyArn({ kmsKeyId, roleArn }: ExportInputs, { region }: S3Place): string | undefined {
  if (kmsKeyId === undefined || kmsKeyId.startsWith("arn:")) return kmsKeyId;
  return `arn:${partitionOf(roleArn)}:kms:${region}:${accountOf(roleArn) ?? ""}:key/${kmsKeyId}`;
}
