import { describeExports, type ReviewedExport } from "./describe-export";
import { readDomoAddress } from "./domo-address";
import { withCounts } from "./counts";
import { withNames } from "./names";
import { readProject } from "./project";
import type { StackReview } from "./report";
import { runProgram } from "./run-program";
import { readStackConfig, type StackConfig } from "./stack-config";
import { closedBlocks, type WayOut, waysOut } from "./ways-out";

/** One version of a stack, as its program declares it. */
export interface ReviewedStack extends Pick<StackReview, "domo" | "notes"> {
  readonly exports: readonly ReviewedExport[];
  readonly alsoDeclares: readonly WayOut[];
  /** Blocks of public access that let nobody in; for comparisons only. */
  readonly closedBlocks: readonly string[];
  /** The stack's secret settings as they are written in its file; for comparisons only. */
  readonly encrypted: StackConfig["encrypted"];
}

/** What to review. */
export interface StackRun {
  /** Folder of the project. */
  readonly folder: string;
  /** Folder that places in the program are seen from. */
  readonly root: string;
  readonly stack: string;
  /** Settings of the command line, `key=value`. */
  readonly config: readonly string[];
  /** Ask Domo for the datasets' names. */
  readonly names?: boolean;
  /** Ask Domo to count the rows. */
  readonly counts?: boolean;
  /** Receives what the program prints and logs. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs a program for one stack and describes what it declares.
 *
 * @throws ProgramError when the program fails.
 */
export async function reviewStack(run: StackRun): Promise<ReviewedStack> {
  const { folder, root, stack, say, signal } = run;
  const project = readProject(folder);
  const config = readStackConfig(project, stack, run.config);
  const { resources, unreadFunctions } = await runProgram({ project, stack, config, say, signal });
  const described = await describeExports(resources, { root, secretKeys: config.secretKeys });
  const named = run.names ? await withNames(described, config) : described;
  const exports = run.counts ? await withCounts(named, config) : named;
  const notes = [
    ...config.environments.map(
      (name) =>
        `Settings of the Pulumi ESC environment "${name}" were not read: give what the program needs with --config.`,
    ),
    ...resources
      .filter(({ remote }) => remote)
      .map(({ type, name }) => `What the component ${type} "${name}" declares inside its plugin can't be seen here.`),
    ...unreadFunctions.map(
      (token) => `What the function ${token} answers is not known here: a value made from it may read "undefined".`,
    ),
  ];
  return {
    domo: readDomoAddress(config, process.env),
    exports,
    alsoDeclares: waysOut(resources, root),
    closedBlocks: closedBlocks(resources),
    notes: [...new Set(notes)].sort(),
    encrypted: config.encrypted,
  };
}
