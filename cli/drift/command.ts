import { Command, Option } from "commander";
import { limitOption } from "../limit-option";
import { oneOf } from "../one-of";
import { addStackOptions, type StackOptions } from "../stack-options";
import { findingKinds } from "./kinds";
import type { Finding } from "./report";

const KINDS: readonly Finding["kind"][] = findingKinds;
const formats = ["text", "markdown", "json", "junit"] as const;

/** Options of `drift`. */
export interface DriftOptions extends StackOptions<(typeof formats)[number]> {
  /** Characters of the Markdown at most. */
  readonly limit?: number;
  /** Kinds that make the command fail; see `isRed` for the default. */
  readonly failOn?: readonly Finding["kind"][];
}

/** The command `drift`. What it needs is loaded when it runs. */
export const driftCommand = addStackOptions(
  new Command("drift").description("show which exports differ from what is in Domo and S3; changes nothing"),
  {
    formats,
    defaultFormat: "text",
    defaultStack: "the selected stack",
    allStacks: "look at every stack of the project",
  },
)
  .addOption(limitOption("characters of the Markdown at most, for an issue; what is cut is said first"))
  .addOption(
    new Option(
      "--fail-on <list>",
      'exit with 2 on these kinds only, such as object-missing,bucket-exposed (default: all; new-data only where onNewData is "export")',
    ).argParser((text) => text.split(",").map((word) => oneOf(word.trim(), KINDS, "a kind of drift"))),
  )
  .addHelpText(
    "after",
    "\nRuns your own pulumi (3.200 or newer, from PATH) with a refresh in preview only.\n" +
      "Exit codes: 0 no drift of --fail-on, 2 such drift, 1 a stack could not be looked at, 64 wrong command line.",
  )
  .action(async (options: DriftOptions) => {
    const { runDrift } = await import("./run-drift.js");
    process.exitCode = await runDrift(options);
  });
