import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { answerCall, type ApiAnswer, type ApiCall, callUser, datasetOf } from "./api";
import { ApiError, errorBody } from "./api-error";
import type { FaultRule } from "./faults";
import { type RawAnswer, readJson, send } from "./http-io";
import type { EmulatorState } from "./state";

/** Answers one request of the imitated API: logs it, lets faults have their way. */
export async function handleRequest(
  state: EmulatorState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://emulator");
  const method = request.method ?? "GET";
  const token = request.headers["x-domo-developer-token"];
  const call: ApiCall = {
    method,
    url,
    token: typeof token === "string" ? token : undefined,
    body: () => readJson(request),
  };
  const entry = state.log.begin({ method, path: url.pathname, dataset: datasetOf(url.pathname) });
  entry.userId = callUser(state, call)?.id ?? null;
  response.on("close", () => state.log.end(entry));
  const rule = state.faults.take(entry);
  entry.fault = rule?.fault.kind ?? null;
  const answer = await faultyAnswer(rule, () => realAnswer(state, call));
  if (answer === "reset") request.socket.resetAndDestroy();
  if (typeof answer === "string") return;
  entry.status = answer.status;
  send(response, state.clock.now(), answer);
}

async function realAnswer(state: EmulatorState, call: ApiCall): Promise<RawAnswer> {
  const wait = state.rateLimit.take(state.options.requestsPerSecond);
  if (wait > 0) {
    const text = JSON.stringify(errorBody(429, call.url.pathname, "Too many requests"));
    return { status: 429, headers: { "Retry-After": String(wait) }, text };
  }
  const { status, body } = await answerCall(state, call).catch((error: unknown): ApiAnswer => {
    const { status, message } =
      error instanceof ApiError ? error : { status: 500, message: "An unexpected error occurred" };
    return { status, body: errorBody(status, call.url.pathname, message) };
  });
  return { status, text: JSON.stringify(body) };
}

async function faultyAnswer(
  rule: FaultRule | undefined,
  real: () => Promise<RawAnswer>,
): Promise<RawAnswer | "reset" | "hang"> {
  if (!rule) return real();
  const { fault } = rule;
  switch (fault.kind) {
    case "delay":
      await sleep(fault.ms);
      return real();
    case "truncate": {
      const answer = await real();
      const half = Math.floor(answer.text.length / 2);
      if (fault.abrupt) return { ...answer, cutAfter: half };
      return { ...answer, text: answer.text.slice(0, half) };
    }
    case "answer": {
      if (rule.takesEffect) await real();
      const { status, headers, body = "" } = fault;
      return { status, headers, text: typeof body === "string" ? body : JSON.stringify(body) };
    }
    case "reset":
    case "hang":
      if (rule.takesEffect) await real();
      return fault.kind;
  }
}
