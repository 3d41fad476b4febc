import { once } from "node:events";
import { createServer, request as forward, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as rules see it. */
export interface ProxiedRequest {
  method: string;
  /** Path and query as they were sent. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An answer from the target, or instead of it. */
export interface ProxiedAnswer {
  status: number;
  headers?: IncomingHttpHeaders;
  body?: string | Buffer;
  /** Whether only the first half of the body is sent, and then nothing, on an open connection. */
  stalls?: boolean;
}

/** An answer of the target. */
type TargetAnswer = Required<Omit<ProxiedAnswer, "stalls">>;

/** What happens to the requests that match; the first matching rule counts. */
export interface ProxyRule {
  match: (request: ProxiedRequest) => boolean;
  /**
   * Requests that it hits before it is used up.
   * @default all
   */
  times?: number;
  /** Awaited before anything else. */
  before?: () => unknown;
  /** The answer, in place of the target's. */
  answer?: (request: ProxiedRequest) => ProxiedAnswer;
  /** Changes the target's answer. */
  edit?: (answer: TargetAnswer) => ProxiedAnswer | Promise<ProxiedAnswer>;
}

/** A real server between a client and its target. */
export interface FaultProxy {
  readonly url: string;
  /** Adds a rule, and returns what takes it away again. */
  add(rule: ProxyRule): () => void;
  /** Closes the port: connections break, new ones are refused. */
  shut(): Promise<void>;
  /** Opens the same port again. */
  open(): Promise<void>;
}

/** Starts a proxy on 127.0.0.1. The `Host` header goes on unchanged, because AWS signatures cover it. */
export async function startFaultProxy(
  target: string,
  onAnswer?: (request: ProxiedRequest, answer: TargetAnswer) => void,
): Promise<FaultProxy> {
  const rules: ProxyRule[] = [];
  const server = createServer((incoming, outgoing) => {
    const answered = serve(incoming).then(({ status, headers = {}, body = "", stalls = false }) => {
      outgoing.writeHead(status, { ...headers, "content-length": contentLength(incoming, headers, body) });
      if (stalls) outgoing.write(body.slice(0, Math.ceil(body.length / 2)));
      else outgoing.end(incoming.method === "HEAD" ? undefined : body);
    });
    // The target broke the connection, so the client's breaks too.
    answered.catch(() => incoming.socket.resetAndDestroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  async function serve(incoming: IncomingMessage): Promise<ProxiedAnswer> {
    const body = await bytesOf(incoming);
    const { method = "GET", url = "/", headers } = incoming;
    const request = { method, url, headers, body: body.toString("latin1") };
    const rule = take(rules, request);
    await rule?.before?.();
    if (rule?.answer) return rule.answer(request);
    const answer = await ask(target, incoming, body);
    onAnswer?.(request, answer);
    return rule?.edit ? rule.edit(answer) : answer;
  }

  return {
    url: `http://127.0.0.1:${port}`,
    add(rule) {
      const own = { ...rule };
      rules.push(own);
      return () => void (rules.includes(own) && rules.splice(rules.indexOf(own), 1));
    },
    async shut() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async open() {
      if (server.listening) return;
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
  };
}

function take(rules: ProxyRule[], request: ProxiedRequest): ProxyRule | undefined {
  const rule = rules.find(({ match, times = Infinity }) => times > 0 && match(request));
  if (rule?.times !== undefined) rule.times -= 1;
  return rule;
}

async function ask(target: string, incoming: IncomingMessage, body: Buffer): Promise<TargetAnswer> {
  const { method, headers, url = "/" } = incoming;
  const { hostname, port } = new URL(target);
  const request = forward({ hostname, port, method, path: url, headers });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const kept = { ...response.headers };
  delete kept["transfer-encoding"];
  delete kept.connection;
  return { status: response.statusCode ?? 500, headers: kept, body: await bytesOf(response) };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

function contentLength({ method }: IncomingMessage, headers: IncomingHttpHeaders, body: string | Buffer): string {
  return method === "HEAD" ? (headers["content-length"] ?? "0") : String(Buffer.byteLength(body));
}
