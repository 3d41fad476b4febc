#!/usr/bin/env node
import { Command } from "commander";
import { driftCommand } from "./drift";
import { reviewCommand } from "./review";
import { runCommandLine } from "./run-command-line";
import { typesCommand } from "./types";

const program = new Command("domo-s3-export").description("Tools around exports of Domo datasets to S3");
program.addCommand(typesCommand);
program.addCommand(reviewCommand);
program.addCommand(driftCommand());

void runCommandLine(program);
