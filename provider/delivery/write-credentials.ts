import { isDenied } from "../aws/call-error";
import type { AwsCredentials } from "../aws/clients";
import { refusesSessionTags, sessionName, sessionSeconds, sessionTags } from "../aws/session-identity";
import { sessionPolicy } from "../aws/session-policy";
import { targetOf } from "../aws/write-scope";
import { AwsCallError } from "../errors";
import { backoff, retry } from "../host/retry";
import { urnParts } from "../host/urn";
import type { Order, Plan } from "./order";

/** Name of the probe's key: it is never written, only a multipart upload to it is started and aborted. */
const PROBE_NAME = ".write-probe";

/**
 * Credentials that can do nothing but write below the definition's prefix, proved to work, with S3's time when they were
 * proved. A role created seconds ago refuses for a while, so refusals are retried before they are final.
 *
 * @param until milliseconds of the clock until when the credentials are needed
 */
export async function writeCredentials(
  order: Order,
  plan: Plan,
  until: number,
): Promise<{ credentials: AwsCredentials; s3Time: number }> {
  const { services, inputs } = order;
  const { aws, sessions } = services;
  const credentials = inputs.roleArn
    ? await patiently(order, "the role", () => assumeRole(order, plan, until))
    : await callerCredentials(order);
  const key = `${plan.definition.keyPrefix}/${PROBE_NAME}`;
  try {
    const probe = () => aws.probeWrite(plan.place, key, credentials, inputs.kmsKeyId);
    return { credentials, s3Time: await patiently(order, "the write", probe) };
  } catch (error) {
    sessions.forget(credentials);
    throw error;
  }
}

/** Repeats a call for as long as AWS may refuse it only because its role is new. */
export function patiently<T>({ services, report, signal }: Order, what: string, run: () => Promise<T>): Promise<T> {
  const { clock, settings } = services;
  return retry(run, {
    clock,
    budgetMs: settings.accessPatienceMs,
    delayFor: (error, attempt) =>
      error instanceof AwsCallError && (isDenied(error.code) || error.code === "InvalidAccessKeyId")
        ? backoff(attempt, { baseMs: 1000, capMs: 8000 }, clock.random)
        : undefined,
    onRetry: () => report.progress(`AWS does not grant ${what} yet; asks again`),
    signal,
  });
}

async function callerCredentials({ services, report }: Order): Promise<AwsCredentials> {
  report.warn(
    "Domo gets the caller's own AWS credentials, which can do more than write this export; " +
      "give roleArn to pass temporary credentials of a role that are confined to the export's prefix",
  );
  return services.aws.callerCredentials();
}

async function assumeRole(order: Order, plan: Plan, until: number): Promise<AwsCredentials> {
  const { report, inputs } = order;
  const { seconds, warning } = sessionSeconds(inputs.timeoutSeconds);
  if (warning) report.warn(warning);
  const target = targetOf(inputs, { region: plan.place.region, keyPrefix: plan.definition.keyPrefix });
  return roleSession(order, { policy: sessionPolicy(target), seconds, until });
}

/**
 * Credentials of a session of the role that can do what `policy` says and nothing else, with the resource's name and tags.
 *
 * @param options.until milliseconds of the clock until when they are needed
 */
export async function roleSession(
  order: Order,
  { policy, seconds, until }: { policy: string; seconds: number; until: number },
): Promise<AwsCredentials> {
  const { services, report, inputs } = order;
  const subject = subjectOf(order);
  const request = {
    RoleArn: inputs.roleArn,
    RoleSessionName: sessionName(subject),
    DurationSeconds: seconds,
    ExternalId: inputs.externalId,
    SourceIdentity: inputs.sourceIdentity,
    Policy: policy,
  };
  try {
    return await services.sessions.open({ ...request, Tags: sessionTags(subject) }, until);
  } catch (error) {
    const reason = error instanceof AwsCallError ? refusesSessionTags(error.cause) : undefined;
    if (reason === undefined) throw error;
    report.warn(`${reason}, so the export is traceable by its session name only`);
    return services.sessions.open(request, until);
  }
}

/** Stack and name as CloudTrail shall show them. */
function subjectOf({ name, inputs }: Order) {
  const parts = urnParts(name);
  return { stack: parts?.stack ?? "unknown", resource: parts?.name ?? "unknown", dataset: inputs.dataset };
}
