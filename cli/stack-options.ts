import { type Command, InvalidArgumentError, Option } from "commander";
import { oneOf } from "./one-of";

/** What `review` and `drift` have in common: which stacks, and where their report goes. */
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

/** Adds the options that both commands have. */
export function addStackOptions<Format extends string>(command: Command, texts: StackOptionTexts<Format>): Command {
  const { formats, defaultFormat, defaultStack, allStacks } = texts;
  return command
    .option("-C, --cwd <folder>", "folder of the Pulumi project", ".")
    .addOption(
      new Option("-s, --stack <name>", "stack to look at; may be given several times")
        .default([], defaultStack)
        .argParser(append),
    )
    .addOption(new Option("-a, --all-stacks", allStacks).conflicts("stack"))
    .option("--parallel <n>", "stacks looked at at a time", readCount, 2)
    .addOption(
      new Option("-f, --format <format>", `one of ${formats.join(", ")} (default: ${defaultFormat})`).argParser(
        (word) => oneOf(word, formats, "a format"),
      ),
    )
    .option("-o, --output <file>", "write the report to a file instead of standard output");
}

/** Appends what is given again to what was given before. */
export function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function readCount(given: string): number {
  if (/^[1-9]\d{0,2}$/.test(given)) return Number(given);
  throw new InvalidArgumentError("It is a whole number from 1 to 999.");
}
