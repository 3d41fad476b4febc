import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { REVIEW_RUN } from "../../provider/host/review-run";
import { type Declared, startOfflineEngine } from "./offline-engine";
import type { Project } from "./project";
import type { StackConfig } from "./stack-config";

/** What to run. */
export interface ProgramRun {
  readonly project: Project;
  readonly stack: string;
  readonly config: StackConfig;
  /** Receives what the program prints and logs. */
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** The program ended with an error, which it has shown itself. */
class ProgramError extends Error {
  override readonly name = "ProgramError";
}

/** `@pulumi/pulumi/cmd/run` ends with this after it has shown the program's error itself. */
const ERROR_ALREADY_SHOWN = 32;
const PARALLEL = "16";

/**
 * Runs a program as a preview does, by the program's own copy of Pulumi's runner, with an engine that contacts nobody.
 *
 * @returns what the program declared.
 * @throws ProgramError when the program fails.
 */
export async function runProgram(run: ProgramRun): Promise<Declared> {
  const { project, stack, say } = run;
  let logged = 0;
  const engine = await startOfflineEngine({
    project: project.name,
    stack,
    folder: project.programFolder,
    log: (severity, message) => {
      if (severity === "debug") return;
      if (severity === "error") logged++;
      say(`${severity === "info" ? "" : `${severity}: `}${message.trimEnd()}\n`);
    },
  });
  try {
    const code = await runNode(run, engine.address);
    if (code === 0 && logged === 0) return engine.declared;
    const why =
      code === ERROR_ALREADY_SHOWN || logged > 0 ? "its error is on standard error" : `it ended with exit code ${code}`;
    throw new ProgramError(`the program of the project "${project.name}" failed for stack "${stack}": ${why}`);
  } finally {
    engine.close();
  }
}

function runNode({ project, stack, config, say, signal }: ProgramRun, address: string): Promise<number> {
  const script = runnerOf(project);
  const flags = {
    monitor: address,
    engine: address,
    project: project.name,
    stack,
    organization: "organization",
    "root-directory": project.folder,
    pwd: project.programFolder,
    parallel: PARALLEL,
  };
  const { nodeargs = "", typescript = true, tsconfig } = project.runtime;
  const preload = require.resolve("./error-preload");
  const args = [...nodeargs.split(" ").filter(Boolean), "--require", preload, script];
  for (const [name, value] of Object.entries(flags)) args.push(`--${name}`, value);
  const child = spawn(process.execPath, [...args, "--dry-run", project.entry], {
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    env: {
      ...withoutCredentials(process.env),
      [REVIEW_RUN]: "true",
      PULUMI_NODEJS_TYPESCRIPT: String(typescript),
      // Whether types fit is the compiler's question; asking it here would take most of the time.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      ...(tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
      PULUMI_CONFIG: JSON.stringify(config.values),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
    },
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", say);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

function runnerOf(project: Project): string {
  try {
    return createRequire(join(project.programFolder, "any.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch (error) {
    throw new Error(
      `the project "${project.name}" has no @pulumi/pulumi in its node_modules; run npm ci in the project's folder`,
      { cause: error },
    );
  }
}

/** The environment without anything by which a program could reach Domo, AWS or Pulumi's service. */
function withoutCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const regions = ["AWS_REGION", "AWS_DEFAULT_REGION"];
  const kept = (name: string) => regions.includes(name) || !/^(DOMO|AWS|PULUMI)_/.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => kept(name)));
}
