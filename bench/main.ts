import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { runCommandLine } from "../cli/command-line";
import { terminalProgress } from "../local/progress";
import { figures, measureAll } from "./harness/measure";
import { writePage } from "./harness/page";
import { writeResults } from "./harness/results";
import { machineText } from "./harness/machine";
import { renderNotes, renderTable } from "./harness/table";

const names = figures.map(({ name }) => name);

interface Options {
  readonly quick: boolean;
  readonly only?: readonly string[];
  readonly rounds?: number;
  readonly before?: string;
  readonly page: boolean;
}

const program = new Command("bench")
  .description("Measures exports against the engine's floor, the textbook's way and Domo's own time")
  .option("--quick", "small sizes and one round: whether the benchmark works, not how fast anything is", false)
  .option("--only <names>", `figures to measure, separated by commas: ${names.join(", ")}`, figureNames)
  .option("--rounds <n>", "rounds of each measurement (default: 5; with --quick 1)", roundCount)
  .option(
    "--before <folder>",
    "checkout of an earlier version, with its build and packages, which is measured too",
    (to) => resolve(to),
  )
  .addOption(
    new Option("--page", "write docs/performance.md and docs/benchmark.svg from this run, which measures everything")
      .default(false)
      .conflicts(["quick", "only"]),
  )
  .action(run);

async function run({ quick, only = names, rounds = quick ? 1 : 5, before, page }: Options): Promise<void> {
  const progress = terminalProgress();
  const results = await measureAll({ quick, rounds, names: only, progress, before });
  const path = writeResults(results);
  process.stdout.write(
    `${renderTable(results.rows)}\n\n${machineText(results.machine)}\n${renderNotes(results.rows)}\n`,
  );
  progress.say(`written to ${path}`);
  if (page) await writePage(results);
}

function figureNames(text: string): string[] {
  const given = text.split(",");
  const unknown = given.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${names.join(", ")}.`);
  return given;
}

function roundCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100)
    throw new InvalidArgumentError(`"${text}" is not a whole number from 1 to 100.`);
  return value;
}

void runCommandLine(program);
