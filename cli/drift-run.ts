import { writeFileSync } from "node:fs";
import { createColors, isColorSupported } from "picocolors";
import { z } from "zod";
import type { DriftOptions } from "./drift";
import { readStackReport } from "./drift-events";
import { type DriftReport, exitCodeOf, type StackReport } from "./drift-report";
import { errorLines, renderDrift, summaryOf } from "./drift-render";
import { runPulumi } from "./pulumi-run";

/** The exports of a stack, wherever they are nested; the bucket and the role are left to a plain `pulumi refresh`. */
const TARGET = "**domo:S3Export::**";

/** Looks at all stacks and writes the report. Returns the exit code. */
export async function runDrift(options: DriftOptions): Promise<0 | 1 | 2> {
  const stacks = await stacksOf(options);
  const report: DriftReport = {
    version: 1,
    stacks: await inTurns(stacks, options.parallel, (stack) => lookAt(stack, options.cwd)),
  };
  const terminal = process.stdout.isTTY && options.output === undefined;
  const text = await renderDrift(report, options.format, createColors(terminal && isColorSupported));
  if (options.output === undefined) process.stdout.write(text);
  else writeFileSync(options.output, text);
  for (const line of errorLines(report)) say(`error: ${line}`);
  say(summaryOf(report));
  return exitCodeOf(report);
}

async function stacksOf({ stack, allStacks, cwd }: DriftOptions): Promise<readonly string[]> {
  if (stack.length > 0) return [...new Set(stack)];
  if (!allStacks) return [(await ask(["stack", "--show-name"], cwd)).trim()];
  const listed = z.array(z.object({ name: z.string() })).parse(JSON.parse(await ask(["stack", "ls", "--json"], cwd)));
  if (listed.length === 0) throw new Error(`the project in "${cwd}" has no stack; create one with "pulumi stack init"`);
  return listed.map(({ name }) => name).sort();
}

/**
 * Refreshes one stack in preview only. With `--json` alone a preview tells just the state before it; with streaming
 * it tells each event with the outputs that `read` returned. Seen with Pulumi 3.259.0.
 */
async function lookAt(stack: string, cwd: string): Promise<StackReport> {
  say(`looking at stack ${stack}`);
  const args = ["refresh", "--preview-only", "--json", "--stack", stack, "--target", TARGET];
  const env = { ...process.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" };
  return readStackReport(stack, await runPulumi([...args, ...plainly], cwd, env));
}

const plainly = ["--non-interactive", "--color=never"];

async function ask(args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runPulumi([...args, ...plainly], cwd, process.env);
  if (code === 0) return stdout;
  throw new Error(`"pulumi ${args.join(" ")}": ${stderr.replace(/^error: /gm, "").trim() || `exit code ${code}`}`);
}

/** Calls `work` for each item, at most `limit` at a time; results in the order of the items. */
async function inTurns<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
