#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { driftCommand } from "./drift";
import { reviewCommand } from "./review";
import { typesCommand } from "./types";
import { UsageError } from "./usage-error";

/** `EX_USAGE` of sysexits.h: the command line itself is wrong. */
const USAGE = 64;

const program = new Command("domo-s3-export").description("Tools around exports of Domo datasets to S3");
program.addCommand(typesCommand);
program.addCommand(reviewCommand);
program.addCommand(driftCommand());
for (const command of [program, ...program.commands]) {
  command.showHelpAfterError().showSuggestionAfterError().exitOverride();
}

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
    return;
  }
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? USAGE : 1;
});
