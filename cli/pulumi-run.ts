import { spawn } from "node:child_process";
import { statSync } from "node:fs";

/** What a finished `pulumi` left behind. */
export interface PulumiResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `pulumi` could not be started. */
export class PulumiMissingError extends Error {
  override readonly name = "PulumiMissingError";
}

/**
 * Runs the user's own `pulumi` from PATH to its end, whatever its exit code. It has a process group of its own, so that
 * a Ctrl-C on the terminal reaches it once, through this process: at a second one it would end without tidying up.
 *
 * @throws {PulumiMissingError} when there is no `pulumi` on PATH, or no such folder.
 */
export function runPulumi(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<PulumiResult> {
  return new Promise((resolve, reject) => {
    if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
      return reject(
        new PulumiMissingError(`there is no folder "${cwd}"; give the folder of the Pulumi project as --cwd`),
      );
    }
    const child = spawn("pulumi", args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    let interrupted = false;
    const interrupt = () => {
      if (!interrupted) child.kill("SIGINT");
      interrupted = true;
    };
    process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
    const done = () => process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    child.once("error", (cause) => {
      done();
      const what = `"pulumi" can't be started: ${cause.message}; install it (https://www.pulumi.com/docs/install/) and put it on PATH`;
      reject(new PulumiMissingError(what, { cause }));
    });
    child.once("close", (code) => {
      done();
      resolve({ code: interrupted ? 130 : (code ?? 1), ...output, ...(interrupted && { stderr: "interrupted" }) });
    });
  });
}
