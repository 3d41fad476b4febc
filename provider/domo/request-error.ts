import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { DomoAnswerError, DomoConnectionError, DomoStatusError } from "../errors";
import type { Body } from "./read-body";

/** A request as messages name it. */
export interface Attempt {
  /** Method and address, such as `[GET] "https://acme.domo.com/api/…"`. */
  label: string;
  /** What it is for: "list the exports". */
  purpose: string;
}

/** What is to be done about a status, where the user can do something. */
const advice: Record<number, string> = {
  400: "Domo refused the request as invalid; correct what Domo names",
  401: "the developer token is invalid or expired; set a new one in DOMO_DEVELOPER_TOKEN (or domo:developerToken)",
  403: "the token needs READ on this dataset (or dataset.admin)",
  404: "there is no such dataset in this instance; check the id and the instance",
  409: "Domo reports a conflict with a running export; run again when it has ended",
  429: "Domo's rate limit is reached; run again later or lower domo:maxRequestsPerSecond",
};

const errorBody = z.object({ message: z.string().nullish(), toe: z.string().nullish() });

/** A status that is not 2xx. `body` is Domo's, without secrets. */
export function statusError(
  { label, purpose }: Attempt,
  status: number,
  { body, retryAfterMs }: { body: unknown; retryAfterMs: number | undefined },
): DomoStatusError {
  const { message, toe } = errorBody.safeParse(body).data ?? {};
  const said = message ? `Domo says "${message.slice(0, 300)}"` : undefined;
  const meaning =
    status >= 300 && status < 400
      ? "Domo redirects elsewhere, which is not followed because the token would go along; check the instance's address"
      : (advice[status] ?? (status >= 500 ? "Domo failed; run again" : "Domo refused the request"));
  const detail = [`could not ${purpose}: ${meaning}`, said].filter(Boolean).join("; ");
  const trace = toe ? ` (toe ${toe})` : "";
  return new DomoStatusError(
    `${label}: ${status} ${STATUS_CODES[status] ?? "Unexpected Status"} — ${detail}${trace}`,
    status,
    retryAfterMs,
  );
}

/** Whether Domo could not be reached, or is not well. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof DomoConnectionError || (error instanceof DomoStatusError && error.status >= 500);
}

/** Whether Domo asks for fewer requests. */
export function isBusy(error: unknown): boolean {
  return error instanceof DomoStatusError && (error.status === 429 || error.status === 503);
}

/** A success whose body is no JSON. */
export function bodyError({ label, purpose }: Attempt, body: Exclude<Body, { kind: "json" }>): DomoAnswerError {
  const error = (what: string, help: string): DomoAnswerError =>
    new DomoAnswerError(`${label}: ${what} — could not ${purpose}; ${help}`, body.kind === "broken");
  switch (body.kind) {
    case "broken":
      return error("JSON that breaks off", "run again");
    case "html":
      return error(
        "an HTML page instead of JSON",
        "check the instance's address; a login page or a proxy answers there",
      );
    case "other":
      return error("something else instead of JSON", "check the instance's address");
    case "too-large":
      return error(
        `the answer is larger than ${body.maxBytes / 1024 ** 2} MiB`,
        body.isList ? "ask Domo's support to remove old exports of this dataset" : "check the instance's address",
      );
  }
}

/** JSON of a shape that the contract does not know. */
export function shapeError({ label, purpose }: Attempt, { issues }: z.ZodError): DomoAnswerError {
  const faults = issues.slice(0, 3).map((issue) => `${issue.path.map(String).join(".") || "answer"}: ${issue.message}`);
  return new DomoAnswerError(
    `${label}: an answer of an unexpected shape (${faults.join("; ")}) — could not ${purpose}; ` +
      "run again, and if it stays, look for a newer version of pulumi-domo-s3-export",
    false,
  );
}

/** No whole answer came. */
export function connectionError({ label, purpose }: Attempt, error: unknown): DomoConnectionError {
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
