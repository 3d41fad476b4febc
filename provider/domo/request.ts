import { STATUS_CODES } from "node:http";
import type { Dispatcher } from "undici";
import { z } from "zod";
import type { Clock } from "../host/clock";
import { DomoAnswerError, DomoConnectionError, DomoStatusError } from "../errors";
import type { RequestGate } from "./request-gate";
import type { Settings } from "../host/settings";

/** One request to Domo. `path` starts with `/api/`. */
export interface DomoRequest<Schema extends z.ZodType> {
  method: "GET" | "POST";
  path: string;
  /** Shape of the answer's JSON. */
  answer: Schema;
  /** What the request is for, as it reads in a message: "start the export". */
  purpose: string;
  body?: object;
}

/** An answer with Domo's own time of answering. */
export interface DomoReply<T> {
  value: T;
  /** Domo's clock in milliseconds from the `Date` header, or ours when the header is absent. */
  domoTime: number;
}

/** What sending needs beside the request. */
export interface Transport {
  dispatcher: Dispatcher;
  gate: RequestGate;
  settings: Settings;
  clock: Clock;
}

/** Sends one request once. Bodies and headers of the request never appear in the errors it throws. */
export async function sendOnce<Schema extends z.ZodType>(
  { dispatcher, gate, settings, clock }: Transport,
  request: DomoRequest<Schema>,
): Promise<DomoReply<z.output<Schema>>> {
  const label = `[${request.method}] "${settings.origin}${request.path}"`;
  return gate.run(request.method === "POST" ? "start" : "read", async () => {
    // Real time, as the time limit below is: how long Domo takes does not depend on the clock that waits are counted on.
    const sent = performance.now();
    const sentAt = clock.now();
    const { statusCode, headers, text } = await exchange();
    const tookMs = performance.now() - sent;
    const date = Date.parse(single(headers.date) ?? "");
    const domoTime = Number.isNaN(date) ? clock.now() : date;
    if (statusCode < 200 || statusCode > 299) {
      const error = statusError(label, request.purpose, statusCode, headers, text, domoTime);
      if (statusCode === 429) gate.slowDown(error.retryAfterMs ?? 1000, sentAt);
      if (statusCode === 503) gate.slowDown(error.retryAfterMs ?? 0, sentAt);
      throw error;
    }
    gate.answered(request.purpose, tookMs);
    return { value: readAnswer(label, request, text), domoTime };
  });

  async function exchange() {
    try {
      const response = await dispatcher.request({
        origin: settings.origin,
        method: request.method,
        path: request.path,
        headers: {
          "X-DOMO-Developer-Token": settings.token,
          Accept: "application/json",
          ...(request.body && { "Content-Type": "application/json", Charset: "UTF-8" }),
        },
        body: request.body ? JSON.stringify(request.body) : undefined,
        // One limit for the whole answer: undici's own ones start again with each piece that trickles in.
        signal: AbortSignal.timeout(settings.requestTimeoutMs),
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const text = withoutSecrets(await response.body.text(), settings, request.body);
      return { statusCode: response.statusCode, headers: response.headers, text };
    } catch (error) {
      if ((error as { code?: unknown }).code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") {
        const what = "the answer is larger than 16 MiB";
        throw new DomoAnswerError(
          `${label}: ${what} — could not ${request.purpose}; check the instance's address`,
          false,
        );
      }
      throw connectionError(label, request.purpose, error);
    }
  }
}

/** Domo may quote the request, and what it says is shown. */
function withoutSecrets(text: string, { token, sessionTokenField }: Settings, body: object = {}): string {
  const sent = body as Record<string, unknown>;
  return [token, sent.awsAccessKey, sent.awsAccessSecret, sent[sessionTokenField]]
    .filter((secret) => typeof secret === "string" && secret.length >= 8)
    .reduce<string>((rest, secret) => rest.replaceAll(secret as string, "(hidden)"), text);
}

function readAnswer<Schema extends z.ZodType>(label: string, request: DomoRequest<Schema>, text: string) {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const cutOff = /^\s*[[{]/.test(text);
    const what = cutOff
      ? "JSON that breaks off"
      : `${/^\s*</.test(text) ? "an HTML page" : "something else"} instead of JSON`;
    const help = cutOff ? "run again" : "check the instance's address";
    throw new DomoAnswerError(`${label}: ${what} — could not ${request.purpose}; ${help}`, cutOff);
  }
  const parsed = request.answer.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.map(String).join(".") || "answer"}: ${issue.message}`);
  throw new DomoAnswerError(
    `${label}: an answer of an unexpected shape (${faults.join("; ")}) — could not ${request.purpose}; ` +
      "run again, and if it stays, look for a newer version of pulumi-domo-s3-export",
    false,
  );
}

const errorBody = z.object({ message: z.string().nullish(), toe: z.string().nullish() });

const advice: Record<number, string> = {
  400: "Domo refused the request as invalid; correct what Domo names",
  401: "the developer token is invalid or expired; set a new one in DOMO_DEVELOPER_TOKEN",
  403: "the token needs READ on this dataset (or dataset.admin)",
  404: "there is no such dataset in this instance; check the id and the instance",
  409: "Domo reports a conflict with a running export; run again when it has ended",
  429: "Domo's rate limit is reached; run again later or lower domo:maxRequestsPerSecond",
};

function statusError(
  label: string,
  purpose: string,
  status: number,
  headers: Record<string, string | string[] | undefined>,
  text: string,
  domoTime: number,
): DomoStatusError {
  const body = parseErrorBody(single(headers["content-type"]), text);
  const toe = body?.toe ?? undefined;
  const said = body?.message ? `Domo says "${body.message.slice(0, 300)}"` : undefined;
  const meaning =
    status >= 300 && status < 400
      ? "Domo redirects elsewhere, which is not followed because the token would go along; check the instance's address"
      : (advice[status] ?? (status >= 500 ? "Domo failed; run again" : "Domo refused the request"));
  const detail = [`could not ${purpose}: ${meaning}`, said].filter(Boolean).join("; ");
  const trace = toe ? ` (toe ${toe})` : "";
  return new DomoStatusError(
    `${label}: ${status} ${STATUS_CODES[status] ?? "Unexpected Status"} — ${detail}${trace}`,
    status,
    toe,
    retryAfter(headers, domoTime),
  );
}

function parseErrorBody(contentType: string | undefined, text: string): z.output<typeof errorBody> | undefined {
  if (!contentType?.includes("json")) return undefined;
  try {
    return errorBody.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function retryAfter(headers: Record<string, string | string[] | undefined>, domoTime: number): number | undefined {
  const value = single(headers["retry-after"]);
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? undefined : Math.max(0, until - domoTime);
}

function connectionError(label: string, purpose: string, error: unknown): DomoConnectionError {
  const { code: ownCode, name } = error as { code?: string; name: string };
  const code = name === "TimeoutError" ? name : (ownCode ?? name);
  const neverSent = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"].includes(code);
  const what: Record<string, string> = {
    TimeoutError: "no whole answer within the time limit",
    ECONNREFUSED: "connection refused",
    ECONNRESET: "connection reset",
    UND_ERR_SOCKET: "connection closed",
    ENOTFOUND: "there is no host of this name",
  };
  const help = neverSent
    ? "check the network and DOMO_INSTANCE, then run again"
    : code === "TimeoutError"
      ? "run again, or raise domo:requestTimeoutSeconds"
      : "run again";
  const message = `${label}: ${what[code] ?? `the connection failed (${code})`} — could not ${purpose}; ${help}`;
  return new DomoConnectionError(message, neverSent, { cause: error });
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
