import { Command, InvalidArgumentError, Option } from "commander";
import { oneOf } from "../one-of";

const formats = ["text", "markdown", "json", "junit"] as const;

/** How the report of `drift` is written. */
export type DriftFormat = (typeof formats)[number];

/** Options of `domo-s3-export drift`. */
export interface DriftOptions {
  /** Folder of the Pulumi project. */
  readonly cwd: string;
  /** Stacks to look at; none = the selected one. */
  readonly stack: readonly string[];
  readonly allStacks?: boolean;
  readonly format: DriftFormat;
  /** File to write the report to; without it the report goes to standard output. */
  readonly output?: string;
  /** Stacks looked at at a time. */
  readonly parallel: number;
}

/** The command `drift`: exit code 0 = none, 2 = drift, 1 = a stack could not be looked at. */
export function driftCommand(): Command {
  return new Command("drift")
    .description("tell which exports of a stack differ from what is in Domo and S3; changes nothing")
    .option("--cwd <folder>", "folder of the Pulumi project", ".")
    .addOption(
      new Option("--stack <name>", "stack to look at; may be given several times")
        .default([], "the selected stack")
        .argParser(append),
    )
    .addOption(new Option("--all-stacks", "look at every stack of the project").conflicts("stack"))
    .addOption(
      new Option("--format <format>", `one of ${formats.join(", ")}`)
        .default("text" as const)
        .argParser((word) => oneOf(word, formats, "a format")),
    )
    .option("--output <file>", "write the report to a file instead of standard output")
    .option("--parallel <n>", "stacks looked at at a time", readCount, 2)
    .addHelpText(
      "after",
      "\nRuns your own pulumi (3.200 or newer, from PATH) with a refresh in preview only.\n" +
        "Exit codes: 0 no drift, 2 drift, 1 a stack could not be looked at, 64 wrong command line.",
    )
    .action(async (options: DriftOptions) => {
      const { runDrift } = await import("./run-drift.js");
      process.exitCode = await runDrift(options);
    });
}

function append(name: string, before: readonly string[]): readonly string[] {
  return [...before, name];
}

function readCount(given: string): number {
  if (/^[1-9]\d{0,2}$/.test(given)) return Number(given);
  throw new InvalidArgumentError("It is a whole number from 1 to 999.");
}
