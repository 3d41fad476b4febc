import { spawn } from "node:child_process";

/** Options of {@link runOnTerminal}. */
export interface TerminalRun {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the command early. */
  readonly signal: AbortSignal;
}

/** Milliseconds after an abort at which the engine is asked, asked again and ended by force. */
const asking = [5_000, 8_000] as const;
const force = 12_000;

/** Runs `pulumi` with this process's own terminal, so that its live display works. Resolves to the exit code. */
export function runOnTerminal(args: readonly string[], { cwd, env, signal }: TerminalRun): Promise<number> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { cwd, env: { ...process.env, ...env }, stdio: "inherit" });
    const timers: NodeJS.Timeout[] = [];
    const end = () => {
      // A Ctrl-C on the terminal has reached the engine too; a second one would make it lose what is running.
      const times = process.stdin.isTTY ? asking : [0, ...asking];
      for (const time of times) timers.push(setTimeout(() => child.kill("SIGINT"), time));
      timers.push(setTimeout(() => child.kill("SIGKILL"), force));
    };
    signal.addEventListener("abort", end);
    child.once("error", reject);
    child.once("close", (code) => {
      timers.forEach(clearTimeout);
      signal.removeEventListener("abort", end);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve(code ?? 1);
    });
  });
}
