import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createPatch } from "diff";
import { renderMarkdown } from "./markdown";
import type { Report } from "./report";

/** Name of the lock file unless `--lock-file` gives another. */
export const LOCK_FILE = "exports.lock.md";

/** The text of a lock file: a report without line numbers, which would change with every edit above a declaration. */
function lockText(report: Report, name: string): string {
  const head = `<!-- stack: ${report.stack} -->\n<!-- What this program exports from Domo, for review. Written by: ${writeCommand(report, name)} -->\n\n`;
  return head + renderMarkdown(report, { lines: false, fold: false });
}

/** The stack that a lock file was written for. */
export function lockedStack(path: string): string | undefined {
  return existsSync(path) ? /^<!-- stack: (.+) -->/.exec(readFileSync(path, "utf8"))?.[1] : undefined;
}

/** Writes the lock file. */
export function writeLock(path: string, name: string, report: Report): void {
  writeFileSync(path, lockText(report, name));
}

/** The difference between the lock file and the program, with what to run; undefined when they agree. */
export function checkLock(path: string, name: string, report: Report): string | undefined {
  const wanted = lockText(report, name);
  const way = `If the exports are meant to change, run ${writeCommand(report, name)} and commit "${name}".`;
  if (!existsSync(path)) return `There is no "${name}". ${way}\n`;
  const found = readFileSync(path, "utf8").replaceAll("\r\n", "\n");
  if (found === wanted) return undefined;
  return `${createPatch(name, found, wanted, "as committed", "as the program is")}\nThe program's exports are not those of "${name}". ${way}\n`;
}

function writeCommand({ stack }: Report, name: string): string {
  return `npx domo-s3-export review --stack ${stack} --write-lock${name === LOCK_FILE ? "" : ` --lock-file ${name}`}`;
}
