import { type Command, CommanderError } from "commander";
import { UsageError } from "./usage-error";

/** `EX_USAGE` of sysexits.h: the command line itself is wrong. */
const USAGE = 64;

/** Runs a program with the arguments of the process. The exit code is 64 when the command line is wrong, and 1 when the work fails. */
export async function runCommandLine(program: Command): Promise<void> {
  for (const command of [program, ...program.commands]) {
    command.showHelpAfterError().showSuggestionAfterError().exitOverride();
  }
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
