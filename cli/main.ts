#!/usr/bin/env node
import { Command } from "commander";
import { COMMAND } from "./command-name";
import { commentCommand } from "./comment/command";
import { doctorCommand } from "./doctor/command";
import { driftCommand } from "./drift/command";
import { reviewCommand } from "./review/command";
import { runCommandLine } from "./command-line";
import { initCommand } from "./init/command";
import { listCommand } from "./list/command";
import { packageVersion } from "../provider/host/package-version";
import { typesCommand } from "./types/command";

const program = new Command(COMMAND)
  .description("Tools around exports of Domo datasets to S3")
  .version(packageVersion(), "--version", "write the version of this package");
program.addCommand(typesCommand);
program.addCommand(reviewCommand);
program.addCommand(commentCommand);
program.addCommand(driftCommand);
program.addCommand(listCommand);
program.addCommand(doctorCommand);
program.addCommand(initCommand);

void runCommandLine(program);
