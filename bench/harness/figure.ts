import type { Progress } from "../../local/progress";
import type { BenchCloud } from "./cloud";
import type { Row } from "./row";

/** How much is measured. */
export interface Extent {
  /** Small sizes, one round: proves that the benchmark works, and measures nothing. */
  readonly quick: boolean;
  readonly rounds: number;
  /** Checkout of an earlier version, with its build and its packages, which is measured too. */
  readonly before?: string;
}

/** What every figure is given. */
export interface Bench extends Extent {
  readonly cloud: BenchCloud;
  readonly progress: Progress;
}

/** A group of rows that share a set-up. */
export interface Figure {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  measure(bench: Bench): Promise<Row[]>;
}
