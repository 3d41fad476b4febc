import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { hasColors, type Paint, paintWith } from "./colors";

/** Writes a report to a file, in a folder that need not exist yet, or to standard output. */
export function writeReport(text: string, file: string | undefined): void {
  if (file === undefined) return void process.stdout.write(text);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "failed";
    throw new Error(`writing "${file}": ${reason} — give a file in a folder that you may write to`, { cause });
  }
}

/** Whether a report goes to a person at a terminal: not to a file, and not through a pipe. */
export function goesToTerminal(file: string | undefined): boolean {
  // The property is absent where standard output is a file or a pipe.
  return file === undefined && (process.stdout.isTTY as boolean | undefined) === true;
}

/** Colours for a report that goes to a file or to standard output. */
export function paintFor(file: string | undefined): Paint {
  return paintWith(file === undefined && hasColors({ terminal: goesToTerminal(file), env: process.env }));
}

/** Characters in a line of the terminal; where there is none, what most logs show. */
export function widthOfTerminal(): number {
  return process.stdout.columns ?? 120;
}
