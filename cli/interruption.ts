/** A signal that the first Ctrl-C, or request to end, gives to what was started; a second one ends the command at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
