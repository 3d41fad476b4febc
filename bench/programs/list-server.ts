/* In a thread of its own: answers every request with about a kilobyte of JSON after 20 ms, over HTTP/1.1 and over HTTP/2,
   and says in a header how many it had at that moment. */
import { createServer, type RequestListener } from "node:http";
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type MessagePort, parentPort } from "node:worker_threads";

const THINKING_MS = 20;
const entry = { exportId: "0a1b2c3d-aaaa-bbbb-cccc-000000000001", exportStatus: "success", bucket: "exports" };
const body = JSON.stringify(Array.from({ length: 10 }, () => entry));

let inFlight = 0;

function answer(_: unknown, response: { setHeader(name: string, value: string): unknown; end(text: string): unknown }) {
  inFlight++;
  setTimeout(() => {
    response.setHeader("x-in-flight", String(inFlight--));
    response.setHeader("content-type", "application/json");
    response.end(body);
  }, THINKING_MS);
}

/** Starts both servers and tells their ports to the thread that waits for them. */
async function listen(owner: MessagePort): Promise<void> {
  const servers = [
    createServer({ keepAliveTimeout: 60_000 }, answer satisfies RequestListener),
    createHttp2Server(answer satisfies (request: Http2ServerRequest, response: Http2ServerResponse) => void),
  ];
  for (const server of servers) await once(server.listen(0, "127.0.0.1"), "listening");
  owner.postMessage(servers.map((server) => (server.address() as AddressInfo).port));
}

if (parentPort) void listen(parentPort);
