import { createHash } from "node:crypto";
import { bucketOwnerOf } from "../aws/arn";
import { isDenied } from "../aws/call-error";
import type { AwsCredentials, S3Place } from "../aws/clients";
import { patiently } from "../aws/patiently";
import { objectPolicy } from "../aws/session-policy";
import { targetOf } from "../aws/write-scope";
import type { Order } from "../delivery/order";
import { roleSession } from "../delivery/role-session";
import { AwsCallError } from "../errors";
import { standingAt, type Claim, type Standing } from "./owner";

/** The shortest session that a role grants. */
const SESSION_SECONDS = 900;
/** What remains of it, at least, when it is used again. */
const REMAINING_MS = 60_000;

/**
 * Writes the manifest over nothing, or over one of this resource, and returns its entity tag. With a role, by a session that
 * can write this one object and nothing else.
 */
export async function writeManifest(order: Order, claim: Claim, body: string): Promise<string> {
  const { aws, read } = order.services;
  const credentials = await writer(order, claim);
  read.listing.forget(claim.place.bucket);
  const ofBody = createHash("md5").update(body).digest("hex"); // the entity tag where a key of KMS does not encrypt it
  const attempt = async (expected: Claim): Promise<string> => {
    const standing = await standingAt(aws, expected);
    if (standing.kind === "ours" && standing.etag === ofBody) return ofBody;
    return writeOver(order, standing, { key: claim.key, body, credentials });
  };
  try {
    return await attempt(claim);
  } catch (error) {
    if (!isOneOf(error, ["PreconditionFailed", "ConditionalRequestConflict"])) throw error;
    // What is there now may be what a first try wrote whose answer was lost. If it is another's, this throws.
    return attempt({ ...claim, recorded: { key: claim.key, etag: ofBody } });
  }
}

interface Writing {
  key: string;
  body: string;
  /** Absent = the caller's own. */
  credentials: AwsCredentials | undefined;
}

async function writeOver(order: Order, standing: Standing, { key, body, credentials }: Writing): Promise<string> {
  const { services, inputs } = order;
  const { kmsKeyId } = inputs;
  const object = { key, body, contentType: "application/json", credentials, kmsKeyId };
  const write = (onlyIf?: "absent" | { etag: string }): Promise<string> =>
    services.aws.write(standing.place, { ...object, expectedOwner: bucketOwnerOf(inputs), onlyIf });
  const plainly = (): Promise<string> => patiently(order, "the manifest", () => write());
  try {
    if (standing.kind === "free") return await patiently(order, "the manifest", () => write("absent"));
    // To compare an entity tag AWS asks for s3:GetObject, which the role's session does not have: it was looked at right before.
    return credentials ? await plainly() : await write({ etag: standing.etag });
  } catch (error) {
    const cantCompare = standing.kind === "ours" && error instanceof AwsCallError && isDenied(error.code);
    if (cantCompare || isOneOf(error, ["NotImplemented"])) return plainly();
    throw error;
  }
}

/** Session of the role; `undefined` = the caller's own credentials. */
async function writer(order: Order, { place, key }: Claim): Promise<AwsCredentials | undefined> {
  if (order.inputs.roleArn === undefined) return undefined;
  const policy = manifestPolicy(order, place, key);
  const until = order.services.clock.now() + REMAINING_MS;
  return patiently(order, "the role", () => roleSession(order, { policy, seconds: SESSION_SECONDS, until }));
}

/** The policy of the manifest's session. Throws where STS could not take it. */
export function manifestPolicy({ inputs }: Pick<Order, "inputs">, { region }: S3Place, key: string): string {
  return objectPolicy(targetOf(inputs, { region, keyPrefix: inputs.path }), key);
}

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return error instanceof AwsCallError && codes.includes(error.code);
}
