import { z } from "zod";
import { createTransport, readDelay } from "../../provider/domo/client";
import { type DomoReply, sendOnce } from "../../provider/domo/request";
import { DomoAnswerError, DomoConnectionError, DomoStatusError } from "../../provider/errors";
import type { Clock } from "../../provider/host/clock";
import { retry } from "../../provider/host/retry";
import type { Settings } from "../../provider/host/settings";

/**
 * What Domo answered: the JSON of a 2xx, or how it refused. Only a 429 is retried, for a minute. Sent secrets are hidden in
 * it.
 */
export type RawAnswer = { readonly kind: "answer"; readonly value: unknown; readonly domoTime: number } | Refusal;

/** An answer that is not JSON of a 2xx. */
export interface Refusal {
  readonly kind: "refused";
  /** In a few words: `HTTP 400`, `no answer`, `no JSON`. */
  readonly how: string;
  readonly error: Error;
}

/** How often Domo asked for fewer requests. */
export interface Limited {
  readonly refused: number;
  readonly hasRetryAfter: boolean;
}

/** Requests to Domo whose answers are looked at as they are. */
export interface RawDomo {
  /** @param purpose as it reads in a message: "list the exports" */
  get(path: string, purpose: string): Promise<RawAnswer>;
  /** @param secrets what the body carries that may show up in no answer */
  post(path: string, purpose: string, body: object, secrets?: readonly (string | undefined)[]): Promise<RawAnswer>;
  limited(): Limited;
}

const LIMITED_MS = 60_000;

/** Opens a connection for such requests. */
export async function createRawDomo(settings: Settings, clock: Clock): Promise<RawDomo> {
  const transport = await createTransport(settings, clock);
  let limited: Limited = { refused: 0, hasRetryAfter: false };
  const delayFor = (error: unknown, attempt: number) => {
    if (!(error instanceof DomoStatusError) || error.status !== 429) return undefined;
    const hasRetryAfter = limited.hasRetryAfter || error.retryAfterMs !== undefined;
    limited = { refused: limited.refused + 1, hasRetryAfter };
    return readDelay(error, attempt, clock);
  };
  const send = async (run: () => Promise<DomoReply<unknown>>): Promise<RawAnswer> => {
    try {
      return { kind: "answer", ...(await retry(run, { clock, budgetMs: LIMITED_MS, delayFor })) };
    } catch (error) {
      const how = refusal(error);
      if (how === undefined) throw error;
      return { kind: "refused", how, error: error as Error };
    }
  };
  const answer = z.unknown();
  return {
    limited: () => limited,
    get: (path, purpose) => send(() => sendOnce(transport, { method: "GET", path, purpose, answer })),
    post(path, purpose, body, secrets = []) {
      transport.guard.remember(...secrets);
      return send(() => sendOnce(transport, { method: "POST", path, purpose, body, answer }));
    },
  };
}

function refusal(error: unknown): string | undefined {
  if (error instanceof DomoStatusError) return `HTTP ${error.status}`;
  if (error instanceof DomoConnectionError) return "no answer";
  return error instanceof DomoAnswerError ? "no JSON" : undefined;
}
