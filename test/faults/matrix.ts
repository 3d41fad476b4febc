import type { DriftKind, ExportStatus } from "../../provider/state/export-state";
import { awsRows } from "./matrix-aws";
import { domoRows } from "./matrix-domo";

/** Where a fault strikes: the checks before the POST, the POST, the looks after it, the proof in S3, refresh, destroy. */
export const phases = ["preflight", "POST", "poll", "verify", "read", "delete"] as const;
export type Phase = (typeof phases)[number];

/**
 * How a fault strikes. `once`: one request, or for a moment. `lasting`: every request from then on until the run has ended.
 * Of a POST without a usable answer: `not run` = it started nothing; `run` = only the answer is lost; `run, then silence` = the answer
 * is lost and the list fails in the same way until the run has ended.
 */
export type When = "once" | "lasting" | "not run" | "run" | "run, then silence";

/** What is right when a fault strikes. Afterwards the fault is gone, and one more `up` must end in success. */
export interface Expected {
  when: When;
  /**
   * `succeeds`; `fails` = an error, and state stays as it was (nothing new is saved, nothing called "gone"); `incomplete` = the resource
   * is saved as created, not initialised, with reasons.
   */
  outcome: "succeeds" | "fails" | "incomplete";
  /** Exports of ours that Domo has started by the end of the run. */
  exports: number;
  /** The same after the next `up`. */
  nextUp: number;
  /** `exportStatus` that an incomplete resource is saved with. */
  status?: ExportStatus;
  /** The one drift that a refresh records. */
  drift?: DriftKind;
  /** Text of the message that tells the user what to do. */
  says?: string;
}

/** What is right for a phase; or the phase whose run shows it too; or why the fault can't strike there. */
export type Cell = readonly Expected[] | { shownBy: Phase } | { notApplicable: string };

/** A fault and what is right wherever it strikes. */
export interface Row {
  fault: string;
  cells: Record<Phase, Cell>;
}

/** The fault matrix. */
export const matrix: readonly Row[] = [...domoRows, ...awsRows];

/** All cells that can be run, one entry for each way the fault can strike. */
export function cases(): { fault: string; phase: Phase; expected: Expected }[] {
  return matrix.flatMap(({ fault, cells }) =>
    phases.flatMap((phase) => {
      const cell = cells[phase];
      return "map" in cell ? cell.map((expected) => ({ fault, phase, expected })) : [];
    }),
  );
}
