import type { IncomingMessage, ServerResponse } from "node:http";
import { answerCall, callUser, datasetOf } from "./api";
import type { ApiAnswer, ApiCall } from "./api-call";
import { ApiError } from "./api-error";
import { faultyAnswer } from "./faulty-answer";
import { type RawAnswer, readJson, send } from "./http-io";
import { jsonText } from "./json-text";
import { refusal } from "./refusal";
import type { EmulatorState } from "./state";

/** Answers one request of the imitated API: logs it, lets faults have their way. */
export async function handleRequest(
  state: EmulatorState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://emulator");
  const method = request.method ?? "GET";
  const header = request.headers["x-domo-developer-token"];
  const token = typeof header === "string" ? header : undefined;
  const entry = state.log.begin({ method, path: url.pathname, dataset: datasetOf(url.pathname) });
  entry.userId = callUser(state, token)?.id ?? null;
  let body: Promise<unknown> | undefined;
  const call: ApiCall = { method, url, token, entry, body: () => (body ??= readJson(request)) };
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
    const refused = await refusal(state, call, new ApiError(429, "Too many requests"));
    return { ...refused, headers: { "Retry-After": String(wait) } };
  }
  try {
    return asText(await answerCall(state, call), state);
  } catch (error) {
    return refusal(state, call, error);
  }
}

function asText(answer: ApiAnswer, { options }: EmulatorState): RawAnswer {
  return { status: answer.status, text: "text" in answer ? answer.text : jsonText(answer.body, options) };
}
