import { join, relative, resolve } from "node:path";
import { goesToTerminal, mayHaveColors, writeReport } from "../write-report";
import { compareExports } from "./compare";
import { describeExports, type ReviewedExport } from "./describe-export";
import { type GitBase, checkOutBase, repositoryRoot } from "./git-base";
import { checkLock, LOCK_FILE, lockedStack, writeLock } from "./lock-file";
import { renderMarkdown } from "./markdown";
import { withNames } from "./names";
import { chooseStack, isProject, readProject } from "./project";
import { type Report, reportSchema, type Rule } from "./report";
import { runProgram } from "./run-program";
import { readStackConfig } from "./stack-config";
import { renderTerminal } from "./terminal";

/** Options of the command line. */
export interface ReviewOptions {
  readonly cwd: string;
  readonly stack?: string;
  readonly config: readonly string[];
  readonly format?: "markdown" | "table" | "json";
  readonly output?: string;
  readonly names?: boolean;
  readonly base?: string;
  readonly failOn?: readonly Rule[];
  readonly writeLock?: boolean;
  readonly check?: boolean;
  readonly lockFile?: string;
}

/** Exit code: something was found that the command was asked to fail on. */
const FINDINGS = 2;

/**
 * Reviews a program and writes the report, the lock file or what differs from it.
 *
 * @returns the exit code: 0, 1 when an export has a fault, 2 when something was found that the options forbid.
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
    const lockName = options.lockFile ?? LOCK_FILE;
    const lockPath = resolve(project.folder, lockName);
    const ofLock = options.check || options.writeLock ? lockedStack(lockPath) : undefined;
    const stack = chooseStack(project, options.stack ?? ofLock);
    if (options.base !== undefined) base = await checkOutBase(root, options.base);
    const inFolder = (folder: string, of: string) =>
      reviewProgram({ ...options, stack, folder, root: of, signal: stop.signal });
    const head = await inFolder(project.folder, root);
    // A project that the base does not have yet exported nothing there.
    const exportsOf = async (folder: string, of: string) =>
      isProject(folder) ? (await inFolder(folder, of)).exports : [];
    const before = base && (await exportsOf(join(base.root, relative(root, project.folder)), base.root));
    const exports = options.names ? await withNames(head.exports, head.config) : head.exports;
    const report: Report = {
      version: 1,
      project: project.name,
      stack,
      exports: exports.map(({ query: _, ...shown }) => shown),
      notes: head.notes,
      ...(before && {
        comparison: { base: options.base!, commit: base!.commit, ...compareExports(before, head.exports) },
      }),
    };
    return deliver(report, { ...options, lockName, lockPath });
  } finally {
    base?.remove();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

interface ProgramReview {
  readonly folder: string;
  readonly root: string;
  readonly stack: string;
  readonly config: readonly string[];
  readonly signal: AbortSignal;
}

async function reviewProgram({ folder, root, stack, config: given, signal }: ProgramReview) {
  const project = readProject(folder);
  const config = readStackConfig(project, stack, given);
  const say = (text: string) => process.stderr.write(text);
  const resources = await runProgram({ project, stack, config, say, signal });
  const notes = config.environments.map(
    (name) =>
      `Settings of the Pulumi ESC environment "${name}" were not read: give what the program needs with --config.`,
  );
  for (const { type, name } of resources.filter(({ remote }) => remote))
    notes.push(`What the component ${type} "${name}" declares inside its plugin can't be seen here.`);
  const exports: ReviewedExport[] = await describeExports(resources, root);
  return { exports, config, notes: [...new Set(notes)].sort() };
}

interface Delivery extends ReviewOptions {
  readonly lockName: string;
  readonly lockPath: string;
}

function deliver(report: Report, options: Delivery): number {
  const faults = report.exports.flatMap(({ name, faults }) =>
    faults.map(({ argument, reason }) => `${name}: ${argument}: ${reason}`),
  );
  for (const fault of faults) process.stderr.write(`fault: ${fault}\n`);
  if (options.check || options.writeLock) return faults.length > 0 ? 1 : deliverLock(report, options);
  const text = render(report, options);
  writeReport(text, options.output);
  if (faults.length > 0) return 1;
  return broken(report, options.failOn ?? []) ? FINDINGS : 0;
}

function deliverLock(report: Report, { writeLock: write, lockName, lockPath }: Delivery): number {
  if (write) {
    writeLock(lockPath, lockName, report);
    process.stderr.write(`Wrote "${lockName}".\n`);
    return 0;
  }
  const difference = checkLock(lockPath, lockName, report);
  if (difference === undefined) process.stderr.write(`"${lockName}" agrees with the program.\n`);
  else process.stdout.write(difference);
  return difference === undefined ? 0 : FINDINGS;
}

function render(report: Report, { format, output }: ReviewOptions): string {
  const toTerminal = goesToTerminal(output);
  switch (format ?? (toTerminal ? "table" : "markdown")) {
    case "markdown":
      return renderMarkdown(report);
    case "table":
      return renderTerminal(report, {
        colors: mayHaveColors(output),
        width: process.stdout.columns ?? 120,
      });
    case "json":
      return `${JSON.stringify(reportSchema.parse(report), null, 2)}\n`;
  }
}

/** Says which rules are broken, and by what. */
function broken({ comparison }: Report, rules: readonly Rule[]): boolean {
  let hit = false;
  for (const { name, findings } of comparison?.changes ?? []) {
    for (const finding of findings) {
      for (const rule of finding.rules.filter((rule) => rules.includes(rule))) {
        hit = true;
        process.stderr.write(`${rule}: ${name}: ${finding.subject}: ${finding.text}\n`);
      }
    }
  }
  return hit;
}
