import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "./api-error";

const longestBody = 16 * 1024 * 1024;

/** Reads a JSON body. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? ""))
    throw new ApiError(415, "The content type must be application/json");
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > longestBody) throw new ApiError(413, "The body is too large");
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString("utf8"));
  } catch {
    // The parser's message would quote the body.
    throw new ApiError(400, "The body is not JSON");
  }
}

/** An answer as it goes out. */
export interface RawAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
  /** How the body is sent; at once when not given. */
  readonly pace?: BodyPace;
}

/** A body that breaks off, one after whose first bytes nothing follows, or one that comes in small pieces. */
export type BodyPace =
  | { readonly end: "break" | "stall"; readonly after: number }
  | { readonly end: "late"; readonly bytes: number; readonly everyMs: number };

/** Sends an answer, dated by the emulator's clock. */
export function send(response: ServerResponse, now: number, { status, headers, text, pace }: RawAnswer): void {
  const body = Buffer.from(text);
  response.sendDate = false;
  response.writeHead(status, {
    Date: new Date(now).toUTCString(),
    "Content-Type": "application/json;charset=UTF-8",
    "Content-Length": String(body.length),
    ...headers,
  });
  switch (pace?.end) {
    case undefined:
      response.end(body);
      return;
    case "break":
      response.write(body.subarray(0, pace.after), () => response.socket?.destroy());
      return;
    case "stall":
      response.flushHeaders();
      response.write(body.subarray(0, pace.after));
      return;
    case "late":
      trickle(response, body, pace);
  }
}

function trickle(response: ServerResponse, body: Buffer, pace: { bytes: number; everyMs: number }): void {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(sent, (sent += pace.bytes)));
    if (sent < body.length) return;
    clearInterval(timer);
    response.end();
  }, pace.everyMs);
  response.once("close", () => clearInterval(timer));
}
