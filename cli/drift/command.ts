import { Command } from "commander";
import { addStackOptions, type StackOptions } from "../stack-options";

const formats = ["text", "markdown", "json", "junit"] as const;

/** Options of `drift`. */
export type DriftOptions = StackOptions<(typeof formats)[number]>;

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
  .addHelpText(
    "after",
    "\nRuns your own pulumi (3.200 or newer, from PATH) with a refresh in preview only.\n" +
      "Exit codes: 0 no drift, 2 drift, 1 a stack could not be looked at, 64 wrong command line.",
  )
  .action(async (options: DriftOptions) => {
    const { runDrift } = await import("./run-drift.js");
    process.exitCode = await runDrift(options);
  });
