import { join } from "node:path";
import { projectRoot } from "../../local/paths";
import type { CommandResult } from "../../local/process";
import { createWorkspace, type Workspace } from "../../local/workspace";
import type { Plan } from "../programs/plan";

/** A stack of one kind of resource on the real engine. */
export interface BenchStack {
  readonly workspace: Workspace;
  readonly plan: Plan;
  /** Runs the command line; a failure of the command is an error with its output. */
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<CommandResult>;
}

/** Creates an empty stack whose program declares `plan`, with the build of this checkout or of another. */
export async function createBenchStack(
  plan: Plan,
  env: NodeJS.ProcessEnv,
  checkout = projectRoot,
): Promise<BenchStack> {
  const program = join(checkout, "dist/bench/programs/main.js");
  const files = { "index.js": `module.exports = require(${JSON.stringify(program)}).declared.then(() => ({}));\n` };
  const workspace = await createWorkspace({ env: { ...env, BENCH_PLAN: JSON.stringify(plan) }, files, checkout });
  return {
    workspace,
    plan,
    async run(args, more = {}) {
      const result = await workspace.run(args, { env: { ...env, ...workspace.env, ...more } });
      if (result.code === 0) return result;
      throw new Error(`"pulumi ${args.join(" ")}" ended with ${result.code}:\n${result.stdout}\n${result.stderr}`);
    },
  };
}

/** Environment in which the rate of requests to Domo limits nothing. */
export const LIFTED_RATE = { DOMO_MAX_REQUESTS_PER_SECOND: "1000" } as const;

/** Arguments of the commands that are measured. */
export const commands = {
  preview: ["preview", "--suppress-outputs"],
  up: ["up", "--yes", "--skip-preview", "--suppress-outputs"],
  refresh: ["refresh", "--yes", "--skip-preview", "--suppress-outputs"],
} as const;
