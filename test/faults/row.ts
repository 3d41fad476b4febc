import type { DriftKind, ExportStatus } from "../../provider/state/export-state";
import type { Cell, CellOptions } from "./cell";

/** Where a fault strikes: the checks before the POST, the POST, the polls after it, the proof in S3, refresh, destroy. */
export const phases = ["preflight", "POST", "poll", "verify", "read", "delete"] as const;
export type Phase = (typeof phases)[number];

/**
 * How a fault strikes. `once`: one request, or for a moment. `lasting`: every request from then on until the run has ended.
 * Of a POST without a usable answer: `not run` = it started nothing; `run` = only the answer is lost; `run, then silence` = the answer
 * is lost and the list fails in the same way until the run has ended.
 */
export type When = "once" | "lasting" | "not run" | "run" | "run, then silence";

/** A fault in a cell. */
export interface Strike extends CellOptions {
  /** Arguments of the resource that the fault needs. */
  args?: Record<string, unknown>;
  /** Whether the next `up` has these arguments too. */
  keepsArgs?: boolean;
  /** Makes the fault strike, and returns what fixes it. */
  begin?: (cell: Cell) => Promise<() => unknown>;
  /** Another fact that has to hold after the run. */
  after?: (cell: Cell) => Promise<void>;
}

/** Makes the strikes of a fault in a phase, by the place they hit: each has a run of its own. */
export type StrikeMaker = (phase: Phase, when: When) => Record<string, Strike>;

/** What is right when a fault strikes. Afterwards the fault is gone, and one more `up` must end in success. */
export interface Expected {
  when: When;
  /** The strike that this is right for, where others are answered differently. */
  at?: string;
  /**
   * `succeeds`; `fails` = an error, and state stays as it was (nothing new is saved, nothing called "gone"); `incomplete` = the resource
   * is saved as created, not initialised, with reasons; `gone` = a refresh says that nothing is left.
   */
  outcome: "succeeds" | "fails" | "incomplete" | "gone";
  /** Exports of ours that Domo has started by the end of the run. */
  exports: number;
  /** The same after the next `up`. */
  nextUp: number;
  /** `exportStatus` that an incomplete resource is saved with. */
  status?: ExportStatus;
  /** The one drift that is recorded. */
  drift?: DriftKind;
  /** Whether the drift is only reported: the next `up` does nothing about it. */
  isReported?: boolean;
  /** Text of the message that says what to do. */
  says?: string;
}

/** What is right for a phase; or the phase whose run shows it too; or why the fault can't strike there. */
export type Expectation = readonly Expected[] | { shownBy: Phase } | { notApplicable: string };

/** A fault, how it is made to strike, and what is right wherever it does. */
export interface Row {
  fault: string;
  strike: StrikeMaker;
  cells: Record<Phase, Expectation>;
}

/** One run of a cell. */
export interface Case {
  name: string;
  phase: Phase;
  expected: Expected;
  strike: Strike;
}

/** All runs of some rows: one for each way in which the fault can strike a phase. */
export function casesOf(rows: readonly Row[]): Case[] {
  return rows.flatMap((row) =>
    phases.flatMap((phase) => {
      const cell = row.cells[phase];
      return "map" in cell ? cell.flatMap((expected) => runsOf(row, phase, { expected, all: cell })) : [];
    }),
  );
}

function runsOf(
  { fault, strike }: Row,
  phase: Phase,
  { expected, all }: { expected: Expected; all: readonly Expected[] },
): Case[] {
  const { when, at, outcome } = expected;
  const ways = strike(phase, when);
  const taken = new Set(all.flatMap((other) => (other.when === when ? (other.at ?? []) : [])));
  const names = at === undefined ? Object.keys(ways).filter((name) => !taken.has(name)) : [at];
  return names.map((name) => {
    const way = ways[name];
    if (!way) throw new TypeError(`"${fault}" has no strike "${name}" in ${phase}`);
    return { name: `${fault} × ${phase}, ${when} (${name}): ${outcome}`, phase, expected, strike: way };
  });
}
