/**
 * Takes no stack traces until the returned function is called. Pulumi's SDK takes one three times for each property of a
 * resource, for a debugging aid; with source maps that is most of what a program of hundreds of exports costs (300: 2.1 s,
 * without 0.3 s). The position in the program, which the engine is told, is not affected.
 */
export function pauseStackTraces(): () => void {
  const { stackTraceLimit } = Error;
  if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
  };
}
