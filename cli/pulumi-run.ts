import { spawn } from "node:child_process";
import { z } from "zod";
import { DomoExportError } from "../provider/errors";
import type { StackOptions } from "./stack-options";

/** What a finished `pulumi` left behind. */
export interface PulumiResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@link runPulumi}. */
export interface PulumiOptions {
  /** Folder of the Pulumi project. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends `pulumi` in good order. */
  readonly signal: AbortSignal;
}

/** `pulumi` could not be started, or did not answer a question about the project. */
class PulumiCommandError extends DomoExportError {
  override readonly name = "PulumiCommandError";
}

/**
 * Runs the user's own `pulumi` from PATH to its end, whatever its exit code. It has a process group of its own, so that
 * a Ctrl-C on the terminal reaches it once, through `signal`: at a second one it would end without tidying up.
 *
 * @throws {PulumiCommandError} when there is no `pulumi` on PATH.
 */
export function runPulumi(args: readonly string[], { cwd, env, signal }: PulumiOptions): Promise<PulumiResult> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    const interrupt = () => child.kill("SIGINT");
    signal.addEventListener("abort", interrupt);
    child.once("error", (cause) => {
      signal.removeEventListener("abort", interrupt);
      const what = `"pulumi" can't be started: ${cause.message}`;
      reject(new PulumiCommandError(`${what}; install Pulumi 3.200 or newer and put it on PATH`, { cause }));
    });
    child.once("close", (code) => {
      signal.removeEventListener("abort", interrupt);
      resolve({ code: code ?? 1, ...output });
    });
  });
}

/** Where `pulumi` runs, and what ends it early. */
export interface PulumiPlace {
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** Asks `pulumi` and returns its standard output. Fails with what it said when its exit code is not 0. */
export async function askPulumi(args: readonly string[], place: PulumiPlace): Promise<string> {
  const { code, stdout, stderr } = await runPulumi([...args, ...PLAINLY], { ...place, env: process.env });
  if (code === 0) return stdout;
  const said = stderr.replace(/^error: /gm, "").trim();
  throw new PulumiCommandError(`"pulumi ${args.join(" ")}": ${said || `exit code ${code}`}`);
}

/** For runs that nobody watches. */
export const PLAINLY: readonly string[] = ["--non-interactive", "--color=never"];

/** The stacks that are named, all of the backend, or the selected one. */
export async function stacksOf(
  { stack, allStacks }: Pick<StackOptions<string>, "stack" | "allStacks">,
  place: PulumiPlace,
): Promise<readonly string[]> {
  if (stack.length > 0) return [...new Set(stack)];
  if (!allStacks) return [(await askPulumi(["stack", "--show-name"], place)).trim()];
  const listed = z
    .array(z.object({ name: z.string() }))
    .parse(JSON.parse(await askPulumi(["stack", "ls", "--json"], place)));
  if (listed.length === 0) {
    throw new PulumiCommandError(`the project in "${place.cwd}" has no stack; make one with "pulumi stack init"`);
  }
  return listed.map(({ name }) => name).sort();
}
