import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isColorSupported } from "picocolors";

/** Writes a report to a file, in a folder that need not exist yet, or to standard output. */
export function writeReport(text: string, file: string | undefined): void {
  if (file === undefined) return void process.stdout.write(text);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Whether a report goes to a person at a terminal: not to a file, and not through a pipe. */
export function goesToTerminal(file: string | undefined): boolean {
  // The property is absent where standard output is a file or a pipe.
  return file === undefined && (process.stdout.isTTY as boolean | undefined) === true;
}

/** Whether the report may have colours: only for a person, whose terminal and settings (`NO_COLOR`, `TERM`) allow them. */
export function mayHaveColors(file: string | undefined): boolean {
  return goesToTerminal(file) && isColorSupported;
}
