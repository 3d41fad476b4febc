import { inTurns } from "../in-turns";
import { PLAINLY, type PulumiPlace, runPulumi, stacksOf } from "../pulumi-run";
import { paintFor, writeReport } from "../write-report";
import type { DriftOptions } from "./command";
import { readStackReport } from "./events";
import { renderMarkdown } from "./markdown";
import { type DriftReport, exitCodeOf, type StackReport } from "./report";
import { renderTerminal } from "./terminal";
import { errorLines, summaryOf } from "./wording";

/** The exports of a stack, wherever they are nested; the bucket and the role are left to a plain `pulumi refresh`. */
const TARGET = "**:S3Export::**";

/** Looks at all stacks and writes the report. Returns the exit code. */
export async function runDrift(options: DriftOptions): Promise<0 | 1 | 2> {
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interruption.abort());
  const looker = { cwd: options.cwd, signal: interruption.signal };
  const names = await stacksOf(options, looker);
  const stacks = await inTurns(names, options.parallel, (stack) => lookAt(stack, looker));
  const report: DriftReport = { version: 1, stacks };
  const text = await render(report, options);
  const errors = errorLines(report)
    .map((line) => `error: ${line}\n`)
    .join("");
  const inFile = options.output !== undefined && (options.format ?? "text") === "text"; // the other formats hold the errors
  writeReport(inFile ? text + errors : text, options.output);
  process.stderr.write(errors);
  say(summaryOf(report));
  return exitCodeOf(report, options.failOn);
}

async function render(report: DriftReport, { format, output, limit, failOn }: DriftOptions): Promise<string> {
  switch (format) {
    case undefined:
    case "text":
      return renderTerminal(report, paintFor(output));
    case "markdown":
      return renderMarkdown(report, limit);
    case "json":
      return `${JSON.stringify(report, null, 2)}\n`;
    case "junit":
      return (await import("./junit.js")).renderJunit(report, failOn);
  }
}

/**
 * Refreshes one stack in preview only. With `--json` alone a preview shows just the state before it; with streaming
 * it shows each event with the outputs that `read` returned. Seen with Pulumi 3.259.0.
 */
async function lookAt(stack: string, { cwd, signal }: PulumiPlace): Promise<StackReport> {
  if (signal.aborted) return { stack, exports: [], error: INTERRUPTED };
  say(`looking at stack ${stack}`);
  const args = ["refresh", "--preview-only", "--json", "--stack", stack, "--target", TARGET];
  const env = { ...process.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" };
  const report = readStackReport(stack, await runPulumi([...args, ...PLAINLY], { cwd, env, signal }));
  return signal.aborted ? { ...report, error: INTERRUPTED } : report;
}

const INTERRUPTED = "interrupted before all exports were looked at";
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
