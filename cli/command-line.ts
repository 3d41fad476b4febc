import { type Command, CommanderError, type OutputConfiguration } from "commander";
import { UsageError } from "./usage-error";

/** `EX_USAGE` of sysexits.h: the command line itself is wrong. */
const USAGE = 64;

/** Runs a program with the arguments of the process. The exit code is 64 when the command line is wrong, and 1 when the work fails. */
export async function runCommandLine(program: Command): Promise<void> {
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput(oneLine(program, command));
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : USAGE;
      return;
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof UsageError ? USAGE : 1;
  }
}

/** A fault of the command line on one line, which says where the help is; the whole help would hide it. */
function oneLine(program: Command, command: Command): OutputConfiguration {
  const name = command === program ? command.name() : `${program.name()} ${command.name()}`;
  return {
    outputError: (text, write) => write(`${text.trim().replaceAll(/\s*\n\s*/g, " ")} — see "${name} --help"\n`),
  };
}
