import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { DomoExportError } from "../../provider/errors";

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
export class PulumiCommandError extends DomoExportError {
  override readonly name = "PulumiCommandError";
}

/**
 * Runs the user's own `pulumi` from PATH to its end, whatever its exit code. It has a process group of its own, so that
 * a Ctrl-C on the terminal reaches it once, through `signal`: at a second one it would end without tidying up.
 *
 * @throws {PulumiCommandError} when there is no `pulumi` on PATH, or no such folder.
 */
export function runPulumi(args: readonly string[], { cwd, env, signal }: PulumiOptions): Promise<PulumiResult> {
  return new Promise((resolve, reject) => {
    if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
      const what = `there is no folder "${cwd}"; give the folder of the Pulumi project as --cwd`;
      return reject(new PulumiCommandError(what));
    }
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
