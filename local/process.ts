import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";

/** What a finished command left behind. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@link runCommand}. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each piece of output as it arrives. */
  readonly onOutput?: (text: string) => void;
  /** Milliseconds after which the command is ended. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** Runs a command to its end. Resolves whatever its exit code; rejects only when it cannot be started. */
export function runCommand(command: string, args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const settings: SpawnOptions = { stdio: ["ignore", "pipe", "pipe"] };
    const { cwd, env, timeout, signal } = options;
    const child = spawn(command, args, { ...settings, cwd, env, timeout, signal });
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream]?.setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
        options.onOutput?.(text);
      });
    }
    child.on("error", reject);
    child.on("close", (code, signalName) => resolve({ code: code ?? (signalName ? 128 : 1), ...output }));
  });
}

/** As {@link runCommand}, but a non-zero exit is an error that shows the command and the end of what it said. */
export async function runChecked(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  const result = await runCommand(command, args, options);
  if (result.code === 0) return result;
  const said = lastLines(result.stderr.trim() || result.stdout.trim(), 15);
  throw new Error(`"${command} ${args.join(" ")}" ended with exit code ${result.code}:\n${said}`);
}

/** The last lines of a text: the part of a log that usually holds the reason. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}

/** Ends a process and waits for it: politely at first, by force after two seconds. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 2000);
  await ended;
  clearTimeout(timer);
}

/** Ends this process soon after its parent, which may have had no time to say goodbye. */
export function exitWithParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.exit(1), 1000).unref();
}
