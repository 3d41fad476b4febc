import { join, relative } from "node:path";
import { failureText } from "../../provider/errors";
import { inTurns } from "../in-turns";
import { goesToTerminal, paintFor, widthOfTerminal, writeReport } from "../write-report";
import { compareStacks } from "./compare-stack";
import type { ReviewOptions } from "./command";
import { type GitBase, checkOutBase, repositoryRoot } from "./git-base";
import { checkLock, lockedStacks, lockName, writeLock } from "./lock-file";
import { renderMarkdown } from "./markdown";
import { isProject } from "../project-file";
import { chooseStacks, type Project, readProject, stackNames } from "./project";
import { type Report, reportSchema, type Rule, type StackReview } from "./report";
import { type ReviewedStack, reviewStack } from "./review-stack";
import { stackDifferences } from "./stack-differences";
import { renderTerminal } from "./terminal";
import { addressOf } from "./wording";

/** Exit code: something was found that the command was asked to fail on. */
const FINDINGS = 2;

/**
 * Reviews the stacks of a program and writes the report, the lock files or what differs from them.
 *
 * @returns the exit code: 0, 1 when a program fails or an export has a fault, 2 when something was found that the options
 *   forbid.
 */
export async function runReview(options: ReviewOptions): Promise<number> {
  const stop = new AbortController();
  let base: GitBase | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    stop.abort();
    base?.remove();
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    const project = readProject(options.cwd);
    const root = repositoryRoot(project.folder);
    const names = chooseStacks(project, options);
    if (options.base !== undefined) base = await checkOutBase(root, options.base);
    const reviewer = { options, project, root, base, signal: stop.signal, several: names.length > 1 };
    const stacks = await inTurns(names, options.parallel, (stack) => reviewOne(stack, reviewer));
    const report: Report = {
      version: 1,
      project: project.name,
      ...(base && { base: { ref: options.base!, commit: base.commit } }),
      differences: stackDifferences(stacks, ({ domo }) => addressOf(domo)),
      stacks,
      notes: options.allStacks && base ? goneStacks(project, join(base.root, relative(root, project.folder))) : [],
    };
    return deliver(report, project, options);
  } finally {
    base?.remove();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

interface Reviewer {
  readonly options: ReviewOptions;
  readonly project: Project;
  readonly root: string;
  readonly base?: GitBase;
  readonly signal: AbortSignal;
  readonly several: boolean;
}

/** Reviews one stack, and compares it with the base. A program that fails is an error of its stack only. */
async function reviewOne(
  stack: string,
  { options, project, root, base, signal, several }: Reviewer,
): Promise<StackReview> {
  const say = sayOf(several ? `${stack}: ` : "");
  const run = (folder: string, of: string) => {
    const asks = of === root && { names: options.names, counts: options.counts };
    return reviewStack({ folder, root: of, stack, config: options.config, ...asks, say, signal });
  };
  let head: ReviewedStack | undefined;
  try {
    head = await run(project.folder, root);
    const folder = base && join(base.root, relative(root, project.folder));
    const before = folder === undefined ? undefined : hasStack(folder, stack) ? await run(folder, base!.root) : nothing;
    return { stack, ...shownOf(head), ...(before && { comparison: compareStacks(before, head) }) };
  } catch (error) {
    const message = `${head ? `${options.base}: ` : ""}${(error as Error).message}`;
    say(`${message}\n`);
    return { stack, error: message, ...shownOf(head ?? nothing) };
  }
}

/** Writes to standard error, a prefix before each line. */
function sayOf(prefix: string): (text: string) => void {
  let newLine = true;
  return (text) => {
    const lines = text.replace(/^(?=.)/gm, (_, offset: number) => (offset === 0 && !newLine ? "" : prefix));
    newLine = text.endsWith("\n");
    process.stderr.write(lines);
  };
}

/** A stack that is not there exports nothing. */
const nothing: ReviewedStack = {
  domo: { settings: { unknown: "not given", from: [] } },
  exports: [],
  alsoDeclares: [],
  closedBlocks: [],
  notes: [],
  encrypted: {},
};

/** Whether a version of the project has a stack. Where no stack has a file of settings, any may be there. */
function hasStack(folder: string, stack: string): boolean {
  if (!isProject(folder)) return false;
  const names = stackNames(readProject(folder));
  return names.length === 0 || names.includes(stack);
}

function shownOf({ domo, notes, exports, alsoDeclares }: ReviewedStack): Omit<StackReview, "stack"> {
  return {
    domo,
    notes,
    exports: exports.map(({ query: _query, secrets: _secrets, ...shown }) => shown),
    alsoDeclares: alsoDeclares.map(({ type, name }) => ({ type, name })),
  };
}

function goneStacks(project: Project, folder: string): string[] {
  const now = stackNames(project);
  return (isProject(folder) ? stackNames(readProject(folder)) : [])
    .filter((stack) => !now.includes(stack))
    .map((stack) => `The stack "${stack}" is no longer in the project. What it has exported stays where it is.`);
}

function deliver(report: Report, project: Project, options: ReviewOptions): number {
  const faults = report.stacks.flatMap(({ stack, domo, exports }) => {
    const where = report.stacks.length > 1 ? `${stack}: ` : "";
    return [
      ...(domo.fault === undefined ? [] : [`${where}${domo.fault}`]),
      ...exports.flatMap(({ name, faults }) =>
        faults.map(({ argument, reason }) => `${where}${name}: ${failureText({ property: argument, reason })}`),
      ),
    ];
  });
  for (const fault of faults) process.stderr.write(`fault: ${fault}\n`);
  const failed = faults.length > 0 || report.stacks.some(({ error }) => error !== undefined);
  if (options.check || options.writeLock) return failed ? 1 : deliverLocks(report, project, options);
  writeReport(render(report, options), options.output);
  const hit = broken(report, options.failOn ?? []);
  return failed ? 1 : hit ? FINDINGS : 0;
}

function deliverLocks(
  { project: name, stacks }: Report,
  project: Project,
  { writeLock: write, allStacks }: ReviewOptions,
): number {
  if (write) {
    for (const stack of stacks) {
      writeLock(project.folder, name, stack);
      process.stderr.write(`Wrote "${lockName(stack.stack)}".\n`);
    }
    return 0;
  }
  let code = 0;
  for (const stack of stacks) {
    const difference = checkLock(project.folder, name, stack);
    if (difference === undefined) process.stderr.write(`"${lockName(stack.stack)}" agrees with the program.\n`);
    else process.stdout.write(difference);
    if (difference !== undefined) code = FINDINGS;
  }
  const known = stackNames(project);
  for (const stray of allStacks ? lockedStacks(project.folder).filter((stack) => !known.includes(stack)) : []) {
    process.stdout.write(`"${lockName(stray)}" is of a stack that the project does not have: remove it.\n`);
    code = FINDINGS;
  }
  return code;
}

function render(report: Report, { format, output }: ReviewOptions): string {
  switch (format ?? (goesToTerminal(output) ? "text" : "markdown")) {
    case "markdown":
      return renderMarkdown(report);
    case "text":
      return renderTerminal(report, { paint: paintFor(output), width: widthOfTerminal() });
    case "json":
      return `${JSON.stringify(reportSchema.parse(report), null, 2)}\n`;
  }
}

/** Says which rules are broken, and by what. */
function broken({ stacks }: Report, rules: readonly Rule[]): boolean {
  const said = new Set<string>();
  for (const { stack, comparison } of stacks) {
    const where = stacks.length > 1 ? `${stack}: ` : "";
    const own = { name: "", findings: comparison?.findings ?? [] };
    for (const { name, findings } of [own, ...(comparison?.changes ?? [])]) {
      for (const { subject, text, rules: ofFinding } of findings) {
        for (const rule of ofFinding.filter((rule) => rules.includes(rule)))
          said.add(`${rule}: ${where}${name === "" ? "" : `${name}: `}${subject}: ${text}\n`);
      }
    }
  }
  for (const line of said) process.stderr.write(line);
  return said.size > 0;
}
