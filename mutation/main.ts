/* Makes small mistakes in the sources one by one, and shows which ones no test notices. Not part of CI. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { runCommandLine } from "../cli/command-line";
import { cacheDir } from "../local/paths";
import { filesOf, stages } from "./files";
import type { Mutant } from "./mutants";
import { percentKilled, type Score, scoreOf, scoreOfBoth, scoreTable, type Survivor, survivorsOf } from "./report";
import { runMutants } from "./run";
import { isNamed, readNamedSurvivors } from "./survivors";

const program = new Command("mutation")
  .description("Makes small mistakes in the sources one by one, and shows which ones no test notices")
  .argument("<room...>", "rooms of the provider (delivery, diff), other folders (policy), or files", addFiles)
  .option("--quick", "only tests without servers: half a minute for a room instead of many", false)
  .option("--tests <folders...>", "only tests of these folders: a minute with unit instead of ten")
  .option("--seconds <n>", "seconds of tests with servers at most for one mutant", positive, 60)
  .option("--every <n>", "only every n-th mutant, for a first impression", positive, 1)
  .option("--least <percent>", "exit code 1 when fewer are killed", positive, 90)
  .option("--again", "only what survived the run before, whose --json this is", false)
  .option("--json <file>", "where the survivors go", join(cacheDir, "mutation.json"))
  .action(run);

interface Options {
  readonly quick: boolean;
  readonly tests?: readonly string[];
  readonly seconds: number;
  readonly every: number;
  readonly least: number;
  readonly again: boolean;
  readonly json: string;
}

/** What is written to the JSON. */
interface Result {
  readonly score: Score;
  readonly survivors: readonly Survivor[];
}

// Tests run in threads here, which can't set it: in UTC, a mistake with zones would show nothing.
process.env.TZ = "America/New_York";

async function run(files: readonly string[], { quick, tests, least, again, json, ...options }: Options): Promise<void> {
  const startedAt = Date.now();
  const last = again ? (JSON.parse(readFileSync(json, "utf8")) as Result) : undefined;
  const isWanted = last && ((file: string, mutant: Mutant) => last.survivors.some((one) => isNamed(one, file, mutant)));
  const chosen = (quick ? stages.slice(0, 1) : stages).map((each) => ({ ...each, folders: tests ?? each.folders }));
  const outcomes = await runMutants({ ...options, files, isWanted, stages: chosen, say });
  const score = last ? scoreOfBoth(last.score, scoreOf(outcomes)) : scoreOf(outcomes);
  const { survivors, stale } = survivorsOf(outcomes, options.every === 1 ? readNamedSurvivors() : []);
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, `${JSON.stringify({ score, survivors } satisfies Result, null, 2)}\n`);
  const unnamed = survivors.filter(({ reason }) => reason === undefined);
  process.stdout.write(`${scoreTable(outcomes)}\n`);
  for (const { file, line, column, original, mutant, reached, untried } of unnamed) {
    const left = untried > 0 ? ` (${untried} tests not tried)` : "";
    const shown = mutant === "" ? "left out" : clipped(mutant);
    process.stdout.write(
      `${file}:${line}:${column}  ${clipped(original)} → ${shown}${reached ? left : " (not reached)"}\n`,
    );
  }
  for (const { file, within, original } of stale)
    process.stdout.write(
      `${file}, ${within}: "${clipped(original)}" is named in mutation/survivors.json and does not survive\n`,
    );
  const took = Math.round((Date.now() - startedAt) / 1000);
  say(
    `${took} s; ${percentKilled(score).toFixed(1)} % of ${score.mutants} killed; ${survivors.length} survivors, ${unnamed.length} without a reason; written to ${json}`,
  );
  if (unnamed.length > 0 || stale.length > 0 || percentKilled(score) < least) process.exitCode = 1;
}

function addFiles(room: string, before: readonly string[] = []): readonly string[] {
  return [...new Set([...before, ...filesOf(room)])];
}

function positive(given: string): number {
  if (/^[1-9]\d*$/.test(given)) return Number(given);
  throw new InvalidArgumentError("It is a whole number from 1.");
}

function clipped(text: string): string {
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

void runCommandLine(program);
