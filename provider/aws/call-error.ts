import { AwsCallError } from "../errors";

/** One call to AWS, as messages name it. */
export interface AwsCall {
  service: "S3" | "STS";
  /** API operation, such as `ListObjectsV2`. */
  operation: string;
  /** What it was about: a bucket's URL or a role's ARN. */
  subject: string;
  /** IAM action (or condition) that the caller needs, named when AWS denies the call. */
  needs: string;
}

const meanings: Record<string, string> = {
  NoSuchBucket: "there is no such bucket; create it first or correct bucket",
  NotFound: "there is no such bucket; create it first or correct bucket",
  PermanentRedirect: "the bucket is in another region; correct region or leave it out",
  AuthorizationHeaderMalformed: "the bucket is in another region; correct region or leave it out",
  SlowDown: "S3 asks to slow down; run again later",
  ServiceUnavailable: "S3 is unavailable; run again later",
  BadRequest: "S3 gives no reason; most often the AWS credentials have expired: log in again",
  ExpiredToken: "the AWS credentials have expired; log in again",
  ExpiredTokenException: "the AWS credentials have expired; log in again",
  InvalidClientTokenId: "the AWS credentials are not known; check AWS_PROFILE or the AWS_* variables",
  InvalidAccessKeyId: "the AWS credentials are not known; check AWS_PROFILE or the AWS_* variables",
  CredentialsProviderError: "no AWS credentials were found; set AWS_PROFILE or the AWS_* variables",
  PackedPolicyTooLarge: "the session policy is too long for STS; shorten path",
  PackedPolicyTooLargeException: "the session policy is too long for STS; shorten path",
  TimeoutError: "AWS sent nothing for too long; run again, and check the network if it stays",
  ECONNRESET: "the connection broke; run again, and check the network if it stays",
};

/** A HEAD that is forbidden has no body: wrong keys and missing rights look the same. */
const UNSAID = "; if it has that, its AWS credentials are not valid: check AWS_PROFILE or the AWS_* variables";

/** The answer to a HEAD has no body that could name the error. */
const namesByStatus: Record<number, string> = { 400: "BadRequest", 403: "Forbidden", 503: "ServiceUnavailable" };

const denied = new Set(["AccessDenied", "AccessDeniedException", "Forbidden", "403", "UnauthorizedAccess"]);

/** Whether AWS refused a call for lack of rights (which a moment later may be different). */
export function isDenied(code: string): boolean {
  return denied.has(code);
}

/** Makes a call, and turns what it throws into an `AwsCallError`. */
export async function awsCall<T>(call: AwsCall, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw awsCallError(call, error);
  }
}

/** Turns whatever the AWS SDK threw into one sentence. The SDK's own text is kept as `cause` only. */
export function awsCallError(call: AwsCall, error: unknown): AwsCallError {
  if (error instanceof AwsCallError) return error;
  const code = errorCode(error);
  const advice = isDenied(code)
    ? `the caller needs ${call.needs}${code === "Forbidden" ? UNSAID : ""}`
    : (meanings[code] ?? "run again; if it stays, check AWS");
  const fact = `[${call.service} ${call.operation}] "${call.subject}": ${code}`;
  return new AwsCallError(fact, { code, advice, cause: error });
}

function errorCode(error: unknown): string {
  const { name, code, $metadata } = error as { name?: string; code?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status === 301) return "PermanentRedirect";
  const isNameless = name === "UnknownError" || name === "Unknown" || name === String(status);
  const known = isNameless ? namesByStatus[status ?? 0] : undefined;
  if (known !== undefined) return known;
  if (name && name !== "Error") return name;
  return code ?? "Error";
}
