import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "./api-error";
import { controlMethods, type EmulatorControl } from "./control";
import { readJson, send } from "./http-io";

/** Where the control is served, outside of the imitated API. */
export const controlPrefix = "/_emulator/";

/** Answers a control call: 200 with the result, 400 with `{"error"}`. */
export async function handleControl(
  control: EmulatorControl,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = request.url?.slice(controlPrefix.length);
  const method = controlMethods.find((known) => known === name);
  try {
    if (!method || request.method !== "POST") throw new ApiError(404, `No control method POST "${name}"`);
    const argument = await readJson(request);
    const result = await (control[method] as (argument: unknown) => Promise<unknown>)(argument);
    send(response, Date.now(), { status: 200, text: JSON.stringify(result ?? null) });
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 400;
    const text = JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
    send(response, Date.now(), { status, text });
  }
}
