import { CancelledError } from "../errors";

/** The promise's own outcome, or a {@link CancelledError} as soon as `signal` fires; what runs then is left alone. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  promise.catch(() => undefined);
  const cancelled = new CancelledError("Cancelled.");
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
