import { Command, InvalidArgumentError, Option } from "commander";
import { oneOf } from "../one-of";
import type { ReviewOptions } from "./run-review";
import type { Rule } from "./report";
import { UsageError } from "../usage-error";

const FORMATS = ["markdown", "table", "json"];
const RULES: readonly Rule[] = ["new-columns", "new-destination", "wider-filter"];

/** The command `review`. What it needs is loaded when it runs. */
export const reviewCommand = new Command("review")
  .description("write what a Pulumi program exports from Domo, for a person to approve; nothing is contacted")
  .option("-s, --stack <name>", "stack whose settings to use (default: the only one, or the lock file's)")
  .option("-C, --cwd <folder>", "folder of the Pulumi project", ".")
  .option("-c, --config <key=value>", "a setting of the stack; may be given again", collectSetting, [])
  .addOption(
    new Option(
      "-f, --format <format>",
      "markdown, table or json (default: table on a terminal, else markdown)",
    ).argParser((word) => oneOf(word, FORMATS, "a format")),
  )
  .option("-o, --output <file>", "write the report to a file instead of standard output")
  .option("--names", "ask Domo for the names of the datasets (DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN)")
  .option("-b, --base <git-ref>", "compare with another commit, such as origin/main")
  .addOption(
    new Option("--fail-on <rules>", `exit with 2 on any of ${RULES.join(",")}; needs --base`).argParser((text) =>
      text.split(",").map((word) => oneOf(word.trim(), RULES, "a rule")),
    ),
  )
  .addOption(
    new Option("--write-lock", "write the exports to the lock file, to be committed").conflicts([
      "check",
      "base",
      "names",
      "format",
      "output",
    ]),
  )
  .addOption(
    new Option("--check", "exit with 2 and a diff when the lock file is not what the program exports").conflicts([
      "base",
      "names",
      "format",
      "output",
    ]),
  )
  .option("--lock-file <file>", "the lock file, seen from the project's folder (default: exports.lock.md)")
  .addHelpText(
    "after",
    "\nExit codes: 0 nothing to object to, 1 the program or an export has an error, 2 --fail-on or --check found something, 64 wrong usage.",
  )
  .action(async (options: ReviewOptions) => {
    if (options.failOn && options.base === undefined)
      throw new UsageError("--fail-on compares with another commit; give it with --base, such as --base origin/main");
    const { runReview } = await import("./run-review.js");
    process.exitCode = await runReview(options);
  });

function collectSetting(pair: string, before: string[]): string[] {
  if (!/^[^=]+=/.test(pair)) throw new InvalidArgumentError(`Give key=value, such as aws:region=eu-west-3.`);
  return [...before, pair];
}
