import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../local/paths";
import { createCompileCheck } from "./compile-check";
import { type Tests, testsOf } from "./files";
import { type Mutant, mutate } from "./mutants";
import { type ReachingTest, startTestBench, type TestBench } from "./test-bench";

/** What became of a mutant: refused by the compiler, never come by, killed by a test, or alive. */
export type Fate =
  | { readonly kind: "refused" | "not reached" }
  | { readonly kind: "killed"; readonly by: string; readonly timeOut: boolean }
  /** `untried`: tests that come by it, for which there was no time. */
  | { readonly kind: "survived"; readonly untried: number };

/** A mutant and its fate. */
export interface Outcome {
  readonly file: string;
  readonly mutant: Mutant;
  readonly fate: Fate;
}

/** What is run. */
export interface MutationOptions {
  readonly files: readonly string[];
  /** The tests of a later stage are run only for what is still alive. */
  readonly stages: readonly Tests[];
  /** Seconds of tests at most for one mutant in a stage, the quickest tests first. */
  readonly seconds: number;
  /** Takes every n-th mutant only. */
  readonly every: number;
  /** Takes only these, which the compiler let through in an earlier run; all when absent. */
  readonly isWanted?: (file: string, mutant: Mutant) => boolean;
  readonly say: (line: string) => void;
}

/** Makes one mistake after the other, and returns what became of each. */
export async function runMutants({ files, stages, every, ...options }: MutationOptions): Promise<Outcome[]> {
  const { say, isWanted } = options;
  const { all, sources } = mutateAll(files);
  const candidates = all.filter(
    ({ number, file, mutant }) => number % every === 0 && (isWanted?.(file, mutant) ?? true),
  );
  say(`${candidates.length} mutants in ${files.length} files${isWanted ? "" : "; asking the compiler first"}`);
  const compiles = isWanted ? () => true : createCompileCheck(files);
  const fates = new Map<number, Fate>();
  for (const { number, file, mutant } of candidates)
    fates.set(number, { kind: compiles(file, mutant) ? "not reached" : "refused" });
  const bench = await startTestBench(sources);
  try {
    for (const stage of stages) {
      const living = candidates.filter(({ number }) => isAlive(fates.get(number)));
      const testFiles = testsOf(new Set(living.map(({ file }) => file)), stage);
      if (living.length === 0 || testFiles.length === 0) continue;
      say(`${living.length} mutants and ${testFiles.length} test files ${stage.servers ? "with" : "without"} servers`);
      await tryAll(bench, { ...options, numbers: living.map(({ number }) => number), testFiles, fates });
    }
  } finally {
    await bench.close();
  }
  return candidates.map(({ number, file, mutant }) => ({ file, mutant, fate: fates.get(number) ?? NOT_REACHED }));
}

const NOT_REACHED: Fate = { kind: "not reached" };

interface Stage extends Pick<MutationOptions, "seconds" | "say"> {
  readonly numbers: readonly number[];
  readonly testFiles: readonly string[];
  readonly fates: Map<number, Fate>;
}

async function tryAll(bench: TestBench, { numbers, testFiles, fates, seconds, say }: Stage): Promise<void> {
  const { tests, failing } = await bench.observe(testFiles);
  for (const name of failing) say(`left out, as it fails without a mutant: ${name}`);
  const kills = new Map<string, number>();
  for (const [index, number] of numbers.entries()) {
    if (index > 0 && index % 50 === 0) say(`${index} tried`);
    const near = tests.filter(({ reached }) => reached.has(number));
    if (near.length === 0) continue;
    const chosen = likeliest(near, { kills, seconds });
    const verdict = await bench.tryOut(number, chosen);
    if (verdict !== "survived") kills.set(verdict.killedBy, (kills.get(verdict.killedBy) ?? 0) + 1);
    const before = fates.get(number);
    const untried = near.length - chosen.length + (before?.kind === "survived" ? before.untried : 0);
    const killed = verdict !== "survived" && {
      kind: "killed" as const,
      by: verdict.killedBy,
      timeOut: verdict.timeOut,
    };
    fates.set(number, killed || { kind: "survived", untried });
  }
}

function mutateAll(files: readonly string[]) {
  const sources = new Map<string, string>();
  const all: { number: number; file: string; mutant: Mutant }[] = [];
  for (const file of files) {
    const { mutants, text } = mutate(file, readFileSync(join(projectRoot, file), "utf8"), all.length);
    sources.set(file, text);
    for (const mutant of mutants) all.push({ number: all.length, file, mutant });
  }
  return { all, sources };
}

function isAlive(fate: Fate | undefined): boolean {
  return fate?.kind === "not reached" || fate?.kind === "survived";
}

interface TimeLimit {
  /** How many mutants a test has killed so far. */
  readonly kills: ReadonlyMap<string, number>;
  readonly seconds: number;
}

/** The quickest tests, as many as fit into the time; at least one. A test that kills often comes sooner. */
function likeliest(tests: readonly ReachingTest[], { kills, seconds }: TimeLimit): ReachingTest[] {
  let left = seconds;
  const rank = ({ name, seconds: own }: ReachingTest): number => own / (1 + (kills.get(name) ?? 0));
  const sorted = [...tests].sort((a, b) => rank(a) - rank(b));
  return sorted.filter((test, index) => (left -= test.seconds) >= 0 || index === 0);
}
