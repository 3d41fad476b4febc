import type { CheckFailure } from "../../provider/errors";
import type { IncompleteExportError } from "../../provider/state/incomplete-export";

/** A failure of the check as the engine prints it. `printed.test.ts` compares this with the engine. */
export function failureAsPrinted({ property, reason }: CheckFailure, args: Readonly<Record<string, unknown>>): string {
  const place = property === "" ? "" : `: property ${property} value {${String(args[property])}}`;
  return `error: pulumi-nodejs:dynamic/domo:S3Export resource 'sales'${place} has a problem: ${reason}`;
}

/** The error of an operation as the engine prints it: one that leaves a resource behind is a list of reasons. */
export function errorAsPrinted(error: unknown): string {
  const { message, reasons } = error as Error & Partial<IncompleteExportError>;
  return reasons === undefined
    ? `error: ${message}`
    : `error: 1 error occurred:\n${reasons.map((reason) => `\t* ${reason}`).join("\n")}`;
}
