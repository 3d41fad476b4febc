import type { AwsCredentials } from "../aws/clients";
import { refusesSessionTags, sessionIdentity } from "../aws/session-identity";
import { AwsCallError } from "../errors";
import { urnParts } from "../host/urn";
import type { Order } from "./order";

/** What a session of the role may do, and for how long. */
export interface SessionOrder {
  /** Its session policy: this, and nothing else. */
  policy: string;
  /** AssumeRole's `DurationSeconds`. */
  seconds: number;
  /** Milliseconds of the clock until when it is needed: an open session with the same policy will do. */
  until: number;
}

/** Credentials of a session of the role that carries the resource's name and tags. A role that is new may refuse for a while. */
export async function roleSession(order: Order, { policy, seconds, until }: SessionOrder): Promise<AwsCredentials> {
  const { services, report, inputs } = order;
  const { stack = "unknown", name: resource = "unknown" } = urnParts(order.name) ?? {};
  const { name, tags } = sessionIdentity({ stack, resource, dataset: inputs.dataset });
  const request = {
    RoleArn: inputs.roleArn,
    RoleSessionName: name,
    DurationSeconds: seconds,
    ExternalId: inputs.externalId,
    SourceIdentity: inputs.sourceIdentity,
    Policy: policy,
  };
  try {
    return await services.sessions.open({ ...request, Tags: tags }, until);
  } catch (error) {
    const reason = error instanceof AwsCallError ? refusesSessionTags(error.cause) : undefined;
    if (reason === undefined) throw error;
    report.warn(`${reason}, so the export is traceable by its session name only`);
    return services.sessions.open(request, until);
  }
}
