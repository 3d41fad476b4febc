import { Command, InvalidArgumentError, Option } from "commander";
import { oneOf } from "../one-of";
import { addStackOptions, append, type StackOptions } from "../stack-options";
import { UsageError } from "../usage-error";
import type { Rule } from "./report";

const formats = ["text", "markdown", "json"] as const;
const RULES: readonly Rule[] = ["new-columns", "new-destination", "wider-filter"];

/** Options of `review`. */
export interface ReviewOptions extends StackOptions<(typeof formats)[number]> {
  /** Settings of the stacks, `key=value`. */
  readonly config: readonly string[];
  readonly names?: boolean;
  readonly counts?: boolean;
  readonly base?: string;
  readonly failOn?: readonly Rule[];
  readonly writeLock?: boolean;
  readonly check?: boolean;
}

/** The command `review`. What it needs is loaded when it runs. */
export const reviewCommand = addStackOptions(
  new Command("review").description(
    "write what a Pulumi program exports from Domo, for a person to approve; nothing is contacted",
  ),
  {
    formats,
    defaultFormat: "text on a terminal, else markdown",
    defaultStack: "the only one",
    allStacks: "look at every stack that has a Pulumi.<stack>.yaml",
  },
)
  .option("-c, --config <key=value>", "a setting of the stacks; may be given again", collectSetting, [])
  .option("--names", "ask Domo for the names of the datasets (DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN)")
  .option("--counts", "ask Domo how many rows each export would have now (same settings)")
  .option("-b, --base <git-ref>", "compare with another commit, such as origin/main")
  .addOption(
    new Option("--fail-on <list>", `exit with 2 on any of ${RULES.join(",")}; needs --base`).argParser((text) =>
      text.split(",").map((word) => oneOf(word.trim(), RULES, "a rule")),
    ),
  )
  .addOption(
    new Option("--write-lock", "write each stack's exports to its lock file, to be committed").conflicts([
      ...["check", "base", "names", "counts", "format", "output"],
    ]),
  )
  .addOption(
    new Option("--check", "exit with 2 and a diff when a lock file is not what the program exports").conflicts([
      ...["base", "names", "counts", "format", "output"],
    ]),
  )
  .addHelpText(
    "after",
    "\nLock files: exports.<stack>.lock.md in the project's folder.\n" +
      "Exit codes: 0 nothing found, 1 a program or an export has an error, 2 --fail-on or --check found something, 64 wrong command line.",
  )
  .action(async (options: ReviewOptions) => {
    if (options.failOn && options.base === undefined)
      throw new UsageError("--fail-on compares with another commit; give it with --base, such as --base origin/main");
    const { runReview } = await import("./run-review.js");
    process.exitCode = await runReview(options);
  });

function collectSetting(pair: string, before: readonly string[]): readonly string[] {
  if (!/^[^=]+=/.test(pair)) throw new InvalidArgumentError(`Give key=value, such as aws:region=eu-west-3.`);
  return append(pair, before);
}
