import type { ExportInputs } from "../args/schema";

/** What is wrong with a number of rows. `fact` is the rest of a sentence that says whose rows they are. */
export interface RowsFault {
  fact: string;
  advice: string;
}

/** Holds a number of rows to `expectRows`. */
export function outOfBounds(rows: number, expectRows: ExportInputs["expectRows"]): RowsFault | undefined {
  const { min = 0, max = Infinity } = expectRows ?? {};
  if (rows < min)
    return {
      fact: `${rowsText(rows)}, fewer than expectRows.min (${numberText(min)})`,
      advice: "wait until the dataset is complete, correct the query, or lower min",
    };
  if (rows > max)
    return {
      fact: `${rowsText(rows)}, more than expectRows.max (${numberText(max)})`,
      advice: "correct the query, or raise max",
    };
  return undefined;
}

/** A number of things, for people: `1 row`, `1,896 rows`. */
export function counted(count: number, what: string): string {
  return `${numberText(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** A number of rows, for people. */
export function rowsText(rows: number): string {
  return counted(rows, "row");
}

/** A number, for people. */
export function numberText(number: number): string {
  return number.toLocaleString("en-US");
}
