/* `npm run demo`: the main job on one machine, with the real engine. `-- --keep` leaves everything up at the end. */
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type LocalCloud, salesDataset, startLocalCloud } from "./cloud";
import { screen, type StepResult } from "./demo-screen";
import { demoStack, openDemo, type Step, steps } from "./demo-steps";
import { cacheDir, projectRoot } from "./paths";
import { terminalProgress } from "./progress";
import { shellExports } from "./shell-exports";

// The SDK would say in the midst of the demo that a later Node will be needed.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const settingsFile = join(projectRoot, `Pulumi.${demoStack}.yaml`);
const interruption = new AbortController();
let stopped: NodeJS.Signals | undefined;

/** Resolves to whether everything went as it should. */
async function demo(keep: boolean): Promise<boolean> {
  rmSync(settingsFile, { force: true });
  screen.line("Exports a Domo dataset to S3 with Pulumi, all of it on this machine.");
  const { signal } = interruption;
  const cloud = await startLocalCloud({ emulator: { exportSeconds: 3 }, progress: terminalProgress("   "), signal });
  try {
    signal.throwIfAborted();
    const { version } = createRequire(__filename)("@pulumi/aws/package.json") as { version: string };
    screen.cast(cloud, version);
    const ok = await runSteps(cloud, keep ? steps.build : [...steps.build, ...steps.end]);
    if (ok && keep) await keepUp(cloud);
    return ok;
  } finally {
    await cloud.stop();
    rmSync(settingsFile, { force: true });
  }
}

async function runSteps(cloud: LocalCloud, wanted: readonly Step[]): Promise<boolean> {
  const tools = await openDemo(cloud, interruption.signal);
  const results: StepResult[] = [];
  const began = Date.now();
  for (const [index, step] of wanted.entries()) {
    const { title } = step;
    screen.step(index + 1, title);
    const start = Date.now();
    const ok = await step.run(tools).then(
      () => true,
      (error: unknown) => {
        if (!interruption.signal.aborted) screen.failure(`step ${index + 1} (${title}): ${messageOf(error)}`);
        return false;
      },
    );
    interruption.signal.throwIfAborted();
    results.push({ title, ok, seconds: (Date.now() - start) / 1000 });
    if (!ok) break;
  }
  screen.summary(results);
  const ok = results.every((result) => result.ok);
  if (ok) screen.line(`\nAll ${results.length} steps succeeded in ${Math.round((Date.now() - began) / 1000)} s.`);
  return ok;
}

/** Waits, with the cloud up, until somebody interrupts. */
async function keepUp(cloud: LocalCloud): Promise<void> {
  const file = join(cacheDir, "local-cloud.env");
  const env: NodeJS.ProcessEnv = { ...cloud.env, PULUMI_STACK: demoStack };
  delete env.PATH;
  const exports = `export PATH=${cloud.engine.folder}:$PATH\n${shellExports(env)}`;
  writeFileSync(file, exports, { mode: 0o600 });
  screen.line(`\nThe local cloud stays up until Ctrl-C. In another terminal, in ${projectRoot}:\n\n${exports}`);
  screen.line("or, for short:  . .cache/local-cloud.env");
  screen.line("then:           pulumi preview; pulumi up; pulumi config set region South; pulumi destroy");
  screen.line(`new data:       ${loadCommand(cloud)}`);
  try {
    await new Promise<void>((resolve) => {
      const awake = setInterval(() => undefined, 60_000);
      interruption.signal.addEventListener("abort", () => {
        clearInterval(awake);
        resolve();
      });
    });
  } finally {
    rmSync(file, { force: true });
  }
}

/** Domo returns an earlier export while the data is unchanged, so a second query needs a new load first. */
function loadCommand({ emulator }: LocalCloud): string {
  const { json, dataset } = {
    json: "content-type: application/json",
    dataset: JSON.stringify({ dataset: salesDataset }),
  };
  return `curl -X POST -H '${json}' -d '${dataset}' ${emulator.url}/_emulator/advanceData`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (stopped) return;
    stopped = signal;
    process.stderr.write("\nstopping and cleaning up …\n");
    interruption.abort(new Error(`stopped by ${signal}`));
  });
}

const { values } = parseArgs({ options: { keep: { type: "boolean", default: false } } });
void demo(values.keep)
  .catch((error: unknown) => {
    if (!stopped) screen.failure(messageOf(error));
    return false;
  })
  .then((ok) => {
    // An interruption of --keep is its regular end.
    if (!ok) process.exitCode = stopped ? 128 + constants.signals[stopped] : 1;
  });
