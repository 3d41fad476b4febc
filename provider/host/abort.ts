import { CancelledError } from "../errors";

/** The promise's own outcome, or a {@link CancelledError} as soon as `signal` fires; what runs then is left alone. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  promise.catch(() => undefined);
  const cancelled = new CancelledError("the run was cancelled");
  if (signal.aborted) throw cancelled;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(cancelled);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The same calls, each of which ends in a {@link CancelledError} as soon as `signal` fires. */
export function abortable<Calls extends object>(calls: Calls, signal: AbortSignal | undefined): Calls {
  if (!signal) return calls;
  const wrap = (call: unknown): unknown => {
    if (typeof call !== "function") return call;
    const run = (...args: unknown[]): unknown => {
      const answer: unknown = Reflect.apply(call, calls, args);
      return answer instanceof Promise ? unlessAborted(answer, signal) : answer;
    };
    return Object.assign(run, abortable(call, signal));
  };
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, wrap(call)])) as Calls;
}
