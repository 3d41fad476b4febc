import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommandResult } from "../../local/process";
import type { Exports, TestCloud, TestStack } from "./stack";

/** A run of the engine that a test may strike. */
export interface EngineRun {
  /** Resolves when the engine has ended, however that happened. */
  readonly ended: Promise<CommandResult>;
  /** Whether the engine is still there. */
  running(): boolean;
  /** Ends the engine at once; its provider process is left behind. */
  killEngine(): void;
  /** Ends the provider process at once. `false` when there is none (yet). */
  killProvider(): boolean;
  /** What one Ctrl-C does to the engine. */
  interrupt(): void;
}

interface ProcessRow {
  pid: number;
  parent: number;
  command: string;
}

const orphans: ProcessRow[] = [];

/** Ends the provider processes whose engines were killed or interrupted twice: nobody else does. */
export function endOrphans(): void {
  const living = new Map(processes().map((row) => [row.pid, row.command]));
  for (const { pid, command } of orphans.splice(0)) if (living.get(pid) === command) process.kill(pid, "SIGKILL");
}

/** Remembers the provider processes of all engines below a process, so that they can be ended once it is gone. */
export function noteProviders(root: number): void {
  orphans.push(...providersBelow(root));
}

/** Starts `pulumi` with these exports declared and does not wait for it. */
export function startRun(
  { cloud, stack, exports }: { cloud: TestCloud; stack: TestStack; exports: Exports },
  ...args: string[]
): EngineRun {
  const { folder, env } = stack.workspace;
  const child = spawn("pulumi", [...args, "--non-interactive", "--color=never"], {
    cwd: folder,
    env: { ...process.env, ...cloud.env, ...env, TEST_EXPORTS: JSON.stringify(exports) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const noteProvider = () => noteProviders(child.pid ?? 0);
  return {
    ended: outcome(child),
    running: () => child.exitCode === null && child.signalCode === null,
    killEngine() {
      noteProvider();
      child.kill("SIGKILL");
    },
    killProvider() {
      const [provider] = providersBelow(child.pid ?? 0);
      if (provider) process.kill(provider.pid, "SIGKILL");
      return provider !== undefined;
    },
    interrupt() {
      noteProvider();
      child.kill("SIGINT");
    },
  };
}

/** Resolves once `seen` says so; an error when it does not within two minutes. */
export async function until(what: string, seen: () => unknown): Promise<void> {
  for (const start = Date.now(); Date.now() < start + 120_000;) {
    if (await seen()) return;
    await sleep(10);
  }
  throw new Error(`It never came to this: ${what}`);
}

/**
 * Runs `up` as a person would after a crash, until it succeeds: takes away the lock that a killed engine leaves in a
 * file backend. Returns the number of runs, and fails after `most` of them with what the last one said.
 */
export async function upUntilDone(stack: TestStack, exports: Exports, most = 4): Promise<number> {
  let said = "";
  for (let runs = 1; runs <= most; runs++) {
    if (said.includes("currently locked")) await stack.run(exports, "cancel", "--yes");
    const { code, stdout, stderr } = await stack.run(exports, "up", "--yes", "--skip-preview");
    if (code === 0) return runs;
    said = `${stdout}\n${stderr}`;
  }
  throw new Error(`pulumi up failed ${most} times; the last one said:\n${said}`);
}

function outcome(child: ChildProcess): Promise<CommandResult> {
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => (output[stream] += text));
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    // A provider process that outlives its engine holds the pipes open, so "close" may come much later.
    child.once("exit", (code) => resolve({ code: code ?? 128, ...output }));
  });
}

function providersBelow(root: number): ProcessRow[] {
  const rows = processes();
  const family = new Set([root]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of rows) if (family.has(parent)) family.add(pid);
  }
  return rows.filter(
    ({ pid, command }) => family.has(pid) && /^\S*node .*(dynamic-provider|pulumi-resource-domo)/.test(command),
  );
}

function processes(): ProcessRow[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), parent: Number(parent), command };
  });
}
