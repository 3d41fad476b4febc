import { AwsCallError } from "../errors";
import type { Clock } from "../host/clock";
import type { Reporter } from "../host/reporter";
import { backoff, retry } from "../host/retry";
import { isDenied } from "./call-error";

/** Who asks: the part of an order that a wait needs. */
interface Asker {
  services: { clock: Clock; settings: { accessPatienceMs: number } };
  report: Reporter;
  signal?: AbortSignal;
}

/** Repeats a call for as long as AWS may refuse it only because its role is new; the row says what is not granted yet. */
export function patiently<T>({ services, report, signal }: Asker, what: string, run: () => Promise<T>): Promise<T> {
  const { clock, settings } = services;
  return retry(run, {
    clock,
    budgetMs: settings.accessPatienceMs,
    delayFor: (error, attempt) =>
      error instanceof AwsCallError && (isDenied(error.code) || error.code === "InvalidAccessKeyId")
        ? backoff(attempt, { baseMs: 1000, capMs: 8000 }, clock.random)
        : undefined,
    onRetry: () => report.progress(`AWS does not grant ${what} yet`),
    signal,
  });
}
