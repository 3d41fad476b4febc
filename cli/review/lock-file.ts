import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPatch } from "diff";
import { CALL } from "../command-name";
import { html } from "../markdown";
import { renderMarkdown } from "./markdown";
import type { Report, StackReview } from "./report";

/** Name of the lock file of a stack, in the project's folder. */
export function lockName(stack: string): string {
  return `exports.${stack}.lock.md`;
}

/** The stacks that have a lock file. */
export function lockedStacks(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => /^exports\.(.+)\.lock\.md$/.exec(name)?.[1] ?? []);
}

/**
 * The text of a lock file: the report of one stack by name, without line numbers, which would change with every edit above
 * a declaration, and without what the environment decides.
 */
function lockText(
  project: string,
  { stack, domo: { settings, fault }, exports, alsoDeclares, notes }: StackReview,
): string {
  const locked: StackReview = { stack, domo: { settings, fault }, exports, alsoDeclares, notes };
  const report: Report = { version: 1, project, differences: [], stacks: [locked], notes: [] };
  const head = `<!-- What stack ${html(stack)} exports from Domo, for review. Written by: ${html(writeCommand(stack))} -->\n\n`;
  return head + renderMarkdown(report, { lines: false, fold: false, order: "by name" });
}

/** Writes the lock file of a stack. */
export function writeLock(folder: string, project: string, stack: StackReview): void {
  writeFileSync(join(folder, lockName(stack.stack)), lockText(project, stack));
}

/** The difference between a stack's lock file and the program, with what to run; undefined when they agree. */
export function checkLock(folder: string, project: string, stack: StackReview): string | undefined {
  const name = lockName(stack.stack);
  const wanted = lockText(project, stack);
  const advice = `If the exports are meant to change, run ${writeCommand(stack.stack)} and commit "${name}".`;
  if (!existsSync(join(folder, name))) return `There is no "${name}". ${advice}\n`;
  const found = readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n");
  if (found === wanted) return undefined;
  return `${createPatch(name, found, wanted, "as committed", "as the program is")}\nThe program's exports are not those of "${name}". ${advice}\n`;
}

function writeCommand(stack: string): string {
  return `${CALL} review --stack ${stack} --write-lock`;
}
