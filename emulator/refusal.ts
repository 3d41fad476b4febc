import type { ApiCall } from "./api-call";
import { ApiError, errorBody } from "./api-error";
import { signedQuery } from "./file-url";
import type { RawAnswer } from "./http-io";
import { jsonText } from "./json-text";
import { withQuotes } from "./quotes";
import type { EmulatorState } from "./state";

/** Domo's error body for what stopped a call. */
export async function refusal({ options }: EmulatorState, call: ApiCall, error: unknown): Promise<RawAnswer> {
  const { status, message } =
    error instanceof ApiError ? error : { status: 500, message: "An unexpected error occurred" };
  const secrets = options.quoteSecrets ? [call.token, ...(await sentKeys(call, options.sessionTokenField))] : [];
  const signedUrl = `https://theirs.s3.us-east-1.amazonaws.com/data.csv.gz?${signedQuery("refusal")}`;
  const quoting = withQuotes(message, { secrets, signedUrl }, options);
  return { status, text: jsonText(errorBody(status, call.url.pathname, quoting), options) };
}

async function sentKeys(call: ApiCall, sessionTokenField: string): Promise<unknown[]> {
  if (call.method !== "POST") return [];
  const body = await call.body().catch(() => undefined);
  const fields = Object(body) as Record<string, unknown>;
  return [fields.awsAccessKey, fields.awsAccessSecret, fields[sessionTokenField]];
}
