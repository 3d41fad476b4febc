import type { AwsCredentials } from "../aws/clients";
import { patiently } from "../aws/patiently";
import { sessionSeconds } from "../aws/session-identity";
import { sessionPolicy } from "../aws/session-policy";
import { targetOf } from "../aws/write-scope";
import type { Order, Plan } from "./order";
import { roleSession } from "./role-session";

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
  const { aws, sessions } = order.services;
  const key = `${plan.definition.keyPrefix}/${PROBE_NAME}`;
  const open = opener(order, plan, until);
  let credentials: AwsCredentials | undefined;
  try {
    return await patiently(order, "the write", async () => {
      credentials = await open(); // a session that is open is used again
      return { credentials, s3Time: await aws.probeWrite(plan.place, key, credentials, order.inputs.kmsKeyId) };
    });
  } catch (error) {
    if (credentials) sessions.forget(credentials);
    throw error;
  }
}

function opener(order: Order, { place, definition }: Plan, until: number): () => Promise<AwsCredentials> {
  const { services, report, inputs, limitedBy } = order;
  if (inputs.roleArn === undefined) {
    report.warn(
      "Domo gets the caller's own AWS credentials, which can do more than write this export; " +
        "give roleArn to pass temporary credentials of a role that are confined to the export's prefix",
    );
    return () => services.aws.callerCredentials();
  }
  const { seconds, warning } = sessionSeconds(inputs.timeoutSeconds, limitedBy);
  if (warning) report.warn(warning);
  const target = targetOf(inputs, { region: place.region, keyPrefix: definition.keyPrefix });
  const policy = sessionPolicy(target);
  return () => roleSession(order, { policy, seconds, until });
}
