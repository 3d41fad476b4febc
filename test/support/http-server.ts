import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a raw server got it. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
}

/** A server on a free port whose answers each test writes itself. */
export interface RawServer {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Answers of the next requests, the last one for all that follow. */
  answer(...answers: ((response: ServerResponse, request: IncomingMessage) => void)[]): void;
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1. */
export async function startRawServer(): Promise<RawServer> {
  const seen: SeenRequest[] = [];
  let answers: Parameters<RawServer["answer"]> = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers });
    const next = answers.length > 1 ? answers.shift() : answers[0];
    request.resume().on("end", () => next?.(response, request));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer(...next) {
      seen.length = 0;
      answers = next;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** An answer of JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
}
