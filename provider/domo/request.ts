import type { Dispatcher } from "undici";
import type { z } from "zod";
import type { Clock } from "../host/clock";
import type { Settings } from "../host/settings";
import type { SecretGuard } from "./hide-secrets";
import { readBody, type Body } from "./read-body";
import { bodyError, connectionError, shapeError, statusError, type Attempt } from "./request-error";
import type { RequestGate, RequestKind } from "./request-gate";

/** One request to Domo. `path` starts with `/api/`. */
export interface DomoRequest<Schema extends z.ZodType> {
  method: "GET" | "POST";
  path: string;
  /** Shape of the answer's JSON. */
  answer: Schema;
  /** What the request is for, as it reads in a message: "start the export". */
  purpose: string;
  body?: object;
  /** Decides which of the requests that wait goes first. @default "read" */
  kind?: RequestKind;
  /** What to keep of each entry, when the answer is a long list. @default the answer is no such list */
  keep?: (entry: unknown) => unknown;
}

/** An answer with Domo's own time of answering. */
export interface DomoReply<T> {
  value: T;
  /** Domo's clock in milliseconds from the `Date` header, or ours when the header is absent. */
  domoTime: number;
}

/** What sending needs in addition to the request. */
export interface Transport {
  dispatcher: Dispatcher;
  gate: RequestGate;
  settings: Settings;
  clock: Clock;
  /** Knows the secrets that were sent. What it lets through is all that is known of an answer. */
  guard: SecretGuard;
}

/** Sends one request once. Bodies and headers of the request never appear in the errors it throws. */
export async function sendOnce<Schema extends z.ZodType>(
  transport: Transport,
  request: DomoRequest<Schema>,
): Promise<DomoReply<z.output<Schema>>> {
  const { gate, settings, clock } = transport;
  const attempt = { label: `[${request.method}] "${settings.origin}${request.path}"`, purpose: request.purpose };
  return gate.run(request.kind ?? "read", async () => {
    const sentAt = clock.now();
    const { status, headers, body } = await exchange(transport, request, attempt);
    const date = Date.parse(single(headers.date) ?? "");
    const domoTime = Number.isNaN(date) ? clock.now() : date;
    if (status > 299) {
      const retryAfterMs = retryAfter(headers, domoTime);
      if (status === 429) gate.slowDown(retryAfterMs ?? 1000, sentAt);
      if (status === 503) gate.slowDown(retryAfterMs ?? 0, sentAt);
      throw statusError(attempt, status, { body: body.kind === "json" ? body.value : undefined, retryAfterMs });
    }
    if (body.kind !== "json") throw bodyError(attempt, body);
    const { success, data, error } = request.answer.safeParse(body.value);
    if (!success) throw shapeError(attempt, error);
    return { value: data, domoTime };
  });
}

async function exchange(
  { dispatcher, settings, guard }: Transport,
  request: Pick<DomoRequest<z.ZodType>, "method" | "path" | "body" | "keep">,
  attempt: Attempt,
): Promise<{ status: number; headers: Dispatcher.ResponseData["headers"]; body: Body }> {
  try {
    const { statusCode, headers, body } = await dispatcher.request({
      origin: settings.origin,
      method: request.method,
      path: request.path,
      headers: {
        "X-DOMO-Developer-Token": settings.token,
        Accept: "application/json",
        ...(request.body && { "Content-Type": "application/json", Charset: "UTF-8" }),
      },
      body: JSON.stringify(request.body),
      // One limit for the whole answer: undici's own ones start again with each piece that trickles in.
      signal: AbortSignal.timeout(settings.requestTimeoutMs),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const { hide } = guard;
    return { status: statusCode, headers, body: await readBody(body, { hide, keep: request.keep }) };
  } catch (error) {
    throw connectionError(attempt, error);
  }
}

function retryAfter(headers: Dispatcher.ResponseData["headers"], domoTime: number): number | undefined {
  const value = single(headers["retry-after"]);
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? undefined : Math.max(0, until - domoTime);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
