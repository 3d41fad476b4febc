/*
 * Compares both shells in one run: start, memory, state, previews, and what one Ctrl-C costs. A script and no test, as figures
 * depend on the machine: npm run build && node dist/test/plugin/compare-shells.js
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { salesDataset } from "../../local/cloud";
import { projectRoot } from "../../local/paths";
import { startRun, until } from "../support/engine-run";
import { createStack, type Exports, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

const EXPORTS = 21;
const ROUNDS = 3;
const up = ["up", "--yes", "--skip-preview"];
const dynamicProvider = createRequire(join(projectRoot, "package.json")).resolve("@pulumi/pulumi/cmd/dynamic-provider");

const shells = {
  dynamic: { class: "pulumi-domo-s3-export", start: () => spawn(process.execPath, [dynamicProvider, "127.0.0.1:1"]) },
  plugin: {
    class: "pulumi-domo-s3-export/plugin",
    start: () => spawn(join(projectRoot, "plugin/pulumi-resource-domo"), ["127.0.0.1:1"]),
  },
};
type Shell = keyof typeof shells;
type Figures = Record<string, number[]>;

async function main(): Promise<void> {
  const cloud = await startTestCloud({ emulator: { exportSeconds: 0.05, reuse: "never" } });
  cloud.env.DOMO_MAX_REQUESTS_PER_SECOND = "1000";
  const figures: Record<Shell, Figures> = { dynamic: {}, plugin: {} };
  for (let round = 1; round <= ROUNDS; round++) {
    for (const shell of Object.keys(shells) as Shell[]) {
      process.stderr.write(`round ${round} of ${ROUNDS}: ${shell}\n`);
      cloud.env.TEST_CLASS = shells[shell].class;
      await measureStart(shell, figures[shell]);
      await measureLife(cloud, figures[shell]);
      await measureInterrupt(cloud, figures[shell]);
    }
  }
  await cloud.stop();
  for (const name of Object.keys(figures.plugin)) {
    const [a, b] = [median(figures.dynamic[name]), median(figures.plugin[name])];
    process.stdout.write(
      `${name.padEnd(34)} dynamic ${a.toFixed(0).padStart(7)}   plugin ${b.toFixed(0).padStart(7)}\n`,
    );
  }
}

/** Milliseconds to the port, and memory of a process that does nothing. */
async function measureStart(shell: Shell, figures: Figures): Promise<void> {
  const begin = performance.now();
  const child: ChildProcess = shells[shell].start();
  await once(createInterface(child.stdout!), "line");
  note(figures, "start to the port, ms", performance.now() - begin);
  await new Promise((resolve) => setTimeout(resolve, 300));
  note(figures, "idle memory, MiB", peakOf(child.pid ?? 0));
  child.kill("SIGKILL");
}

async function measureLife(cloud: TestCloud, figures: Figures): Promise<void> {
  const stack = await createStack(cloud, "plugin");
  const exports = declare(cloud, EXPORTS);
  const stop = watchPeak();
  await stack.mustRun(exports, ...up);
  note(figures, `peak memory, up of ${EXPORTS}, MiB`, stop());
  note(figures, "state, bytes an export", await bytesOf(stack));
  await timed(figures, "preview without a change, ms", () => stack.mustRun(exports, "preview"));
  await timed(figures, "refresh, ms", () => stack.mustRun(exports, "refresh", "--yes", "--skip-preview"));
  stack.workspace.remove();
}

/** Milliseconds from one Ctrl-C to the end of the run, during an export of 10 s. */
async function measureInterrupt(cloud: TestCloud, figures: Figures): Promise<void> {
  await cloud.emulator.control.setOptions({ exportSeconds: 10 });
  const stack = await createStack(cloud, "plugin");
  const run = startRun({ cloud, stack, exports: declare(cloud, 1) }, ...up);
  await until(
    "the export is running",
    async () => (await cloud.emulator.control.exports()).at(-1)?.status === "exporting",
  );
  await timed(figures, "one Ctrl-C in an export of 10 s, ms", () => (run.interrupt(), run.ended));
  await until(
    "the export has ended",
    async () => (await cloud.emulator.control.exports()).at(-1)?.status !== "exporting",
  );
  await cloud.emulator.control.setOptions({ exportSeconds: 0.05 });
  stack.workspace.remove();
}

let paths = 0;
function declare(cloud: TestCloud, count: number): Exports {
  paths++;
  const args = { dataset: salesDataset, bucket: cloud.bucket, roleArn: cloud.roleArn };
  const query = { kind: "sql", text: `SELECT "Order ID", "Region", "Sales" FROM dataset WHERE "Region" = 'West'` };
  const entry = (_: unknown, index: number) => [
    `export-${index}`,
    { args: { ...args, query, path: `exports/b${paths}/${index}` } },
  ];
  return Object.fromEntries(Array.from({ length: count }, entry)) as Exports;
}

async function bytesOf({ workspace }: TestStack): Promise<number> {
  const { deployment } = await workspace.stackExport();
  const exports = deployment.resources?.filter(({ urn }) => urn.includes("S3Export::")) ?? [];
  return exports.reduce((sum, resource) => sum + JSON.stringify(resource).length, 0) / exports.length;
}

/** Watches the provider processes below this one until it is stopped; returns the highest peak in MiB. */
function watchPeak(): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    for (const pid of providersBelow(process.pid)) peak = Math.max(peak, peakOf(pid));
  }, 100);
  return () => (clearInterval(timer), peak);
}

function providersBelow(root: number): number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).trim().split("\n");
  const rows = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)?.slice(1) ?? []);
  const family = new Set([String(root)]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const [pid = "", parent = ""] of rows) if (family.has(parent)) family.add(pid);
  }
  const isProvider = ([pid = "", , command = ""]: string[]) =>
    family.has(pid) && /node .*(dynamic-provider|pulumi-resource-domo)/.test(command);
  return rows.filter(isProvider).map(([pid]) => Number(pid));
}

/** Highest resident memory of a process so far, in MiB; Linux only. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // it has ended since
  }
}

async function timed(figures: Figures, name: string, work: () => Promise<unknown>): Promise<void> {
  const begin = performance.now();
  await work();
  note(figures, name, performance.now() - begin);
}

function note(figures: Figures, name: string, value: number): void {
  (figures[name] ??= []).push(value);
}

function median(values: readonly number[] = []): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

void main();
