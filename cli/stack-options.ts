import { statSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { oneOf } from "./one-of";

/** What the commands about stacks have in common: which stacks, and where their report goes. */
export interface StackOptions<Format extends string> {
  /** Folder of the Pulumi project. */
  readonly cwd: string;
  /** Stacks to look at; none = the command's default. */
  readonly stack: readonly string[];
  readonly allStacks?: boolean;
  /** Stacks looked at at a time. */
  readonly parallel: number;
  readonly format?: Format;
  /** File to write the report to; without it the report goes to standard output. */
  readonly output?: string;
}

/** What differs between the commands. */
export interface StackOptionTexts<Format extends string> {
  readonly formats: readonly Format[];
  readonly defaultFormat: string;
  readonly defaultStack: string;
  readonly allStacks: string;
}

/** Adds the options that the commands about stacks have. */
export function addStackOptions<Format extends string>(command: Command, texts: StackOptionTexts<Format>): Command {
  const { formats, defaultFormat, defaultStack, allStacks } = texts;
  return command
    .addOption(cwdOption())
    .addOption(
      new Option("-s, --stack <name>", "stack to look at; may be given several times")
        .default([], defaultStack)
        .argParser(append),
    )
    .addOption(new Option("-a, --all-stacks", allStacks).conflicts("stack"))
    .option("--parallel <n>", "stacks looked at at a time", readCount, 2)
    .addOption(formatOption(formats, defaultFormat))
    .addOption(outputOption());
}

/** The folder of the project; another folder's commands are run without going there. */
export function cwdOption(): Option {
  return new Option("-C, --cwd <folder>", "folder of the Pulumi project").default(".").argParser(readFolder);
}

/** The form of what is written. */
export function formatOption(formats: readonly string[], standard: string): Option {
  return new Option("-f, --format <format>", `one of ${formats.join(", ")} (default: ${standard})`).argParser((word) =>
    oneOf(word, formats, "a format"),
  );
}

/** The file that is written. */
export function outputOption(): Option {
  return new Option("-o, --output <file>", "write to a file instead of standard output");
}

/** Appends what is given again to what was given before. */
export function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function readFolder(given: string): string {
  if (statSync(given, { throwIfNoEntry: false })?.isDirectory()) return given;
  throw new InvalidArgumentError("There is no such folder: give the folder of the Pulumi project.");
}

function readCount(given: string): number {
  if (/^[1-9]\d{0,2}$/.test(given)) return Number(given);
  throw new InvalidArgumentError("It is a whole number from 1 to 999.");
}
