/** The command line asks for something that can't be: shown with exit code 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
