import type { Outcome } from "./run";
import { isNamed, type NamedSurvivor, oneLine } from "./survivors";

/** Counts of one file, or of all. */
export interface Score {
  readonly mutants: number;
  readonly killed: number;
  readonly survived: number;
  readonly notReached: number;
  /** Killed by a test that ran out of time, part of `killed`. */
  readonly timeOuts: number;
  /** Not counted: the compiler refuses them. */
  readonly refused: number;
}

/** Counts outcomes. */
export function scoreOf(outcomes: readonly Outcome[]): Score {
  const count = (kind: Outcome["fate"]["kind"]) => outcomes.filter(({ fate }) => fate.kind === kind).length;
  const refused = count("refused");
  return {
    mutants: outcomes.length - refused,
    killed: count("killed"),
    survived: count("survived"),
    notReached: count("not reached"),
    timeOuts: outcomes.filter(({ fate }) => fate.kind === "killed" && fate.timeOut).length,
    refused,
  };
}

/** The score of a run together with that of another over its survivors. */
export function scoreOfBoth(first: Score, again: Score): Score {
  const killed = first.mutants - again.survived - again.notReached;
  return {
    ...again,
    mutants: first.mutants,
    killed,
    timeOuts: first.timeOuts + again.timeOuts,
    refused: first.refused,
  };
}

/** Share of the mutants that tests noticed, in percent. */
export function percentKilled({ mutants, killed }: Score): number {
  return mutants === 0 ? 100 : (100 * killed) / mutants;
}

/** A table with a line for each file, and one for all. */
export function scoreTable(outcomes: readonly Outcome[]): string {
  const files = [...new Set(outcomes.map(({ file }) => file))];
  const head = ["file", "mutants", "killed", "survived", "not reached", "time-outs", "refused", "score"];
  const line = (name: string, some: readonly Outcome[]): string[] => {
    const score = scoreOf(some);
    const { mutants, killed, survived, notReached, timeOuts, refused } = score;
    const counts = [mutants, killed, survived, notReached, timeOuts, refused].map(String);
    return [name, ...counts, `${percentKilled(score).toFixed(1)} %`];
  };
  const lines = [head, ...files.map((name) => line(name, outcomes.filter(({ file }) => file === name)))]; // prettier-ignore
  if (files.length > 1) lines.push(line("all", outcomes));
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return lines.map((cells) => cells.map(pad).join("  ")).join("\n");
}

/** A living mutant as it stands in the JSON. `reason` is there when the checked-in list names it. */
export interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly within: string;
  readonly operator: string;
  readonly original: string;
  readonly mutant: string;
  readonly reached: boolean;
  /** Tests that come by it and were left out for want of time. */
  readonly untried: number;
  readonly reason?: string;
}

/** The living mutants, and the entries of the list that none of them is. */
export function survivorsOf(
  outcomes: readonly Outcome[],
  named: readonly NamedSurvivor[],
): { survivors: Survivor[]; stale: NamedSurvivor[] } {
  const used = new Set<NamedSurvivor>();
  const survivors = outcomes.flatMap<Survivor>(({ file, mutant, fate }) => {
    if (fate.kind === "killed" || fate.kind === "refused") return [];
    const entry = named.find((candidate) => isNamed(candidate, file, mutant));
    if (entry) used.add(entry);
    const { line, column, within, operator } = mutant;
    const texts = { original: oneLine(mutant.original), mutant: oneLine(mutant.mutant) };
    const reached = fate.kind === "survived";
    const untried = reached ? fate.untried : 0;
    return [
      { file, line, column, within, operator, ...texts, reached, untried, ...(entry && { reason: entry.reason }) },
    ];
  });
  const files = new Set(outcomes.map(({ file }) => file));
  return { survivors, stale: named.filter((entry) => files.has(entry.file) && !used.has(entry)) };
}
