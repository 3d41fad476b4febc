import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Writes a report to a file, in a folder that need not exist yet, or to standard output. */
export function writeReport(text: string, file: string | undefined): void {
  if (file === undefined) return void process.stdout.write(text);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
