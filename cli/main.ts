#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { DomoExportError } from "../provider/errors";
import { driftCommand } from "./drift";
import { printRowTypes } from "./row-types";

/** `EX_USAGE` of sysexits.h: the command line itself is wrong. */
const USAGE = 64;

const program = new Command("domo-s3-export")
  .description("Tools around exports of Domo datasets to S3")
  .showHelpAfterError()
  .showSuggestionAfterError()
  .exitOverride();

program
  .command("types")
  .description("write the row types of datasets, for dataset<Row>() in a program, to standard output")
  .argument("<dataset...>", "ids of the datasets")
  .addHelpText("after", "\nDOMO_INSTANCE (or DOMO_BASE_URL) and DOMO_DEVELOPER_TOKEN say where to ask.")
  .action(printRowTypes);

program.addCommand(driftCommand().copyInheritedSettings(program));

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
    return;
  }
  process.stderr.write(`${error instanceof DomoExportError ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
