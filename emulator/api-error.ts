import { randomBytes } from "node:crypto";
import { STATUS_CODES } from "node:http";

/** A refusal that is answered with Domo's error body. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Domo's error body. `toe` is the trace id that its support asks for. */
export function errorBody(status: number, path: string, message: string) {
  const toe = randomBytes(9).toString("base64url").toUpperCase();
  return { status, statusReason: STATUS_CODES[status] ?? "Unknown", path, message, toe };
}
