import type { DuckDBResult, DuckDBValue } from "@duckdb/node-api";
import { byteOrderMark, csvLine } from "./csv-text";

/** Rows of a streaming result, taken in pieces: only one chunk of DuckDB's is in memory. */
export interface RowCursor {
  readonly columns: readonly string[];
  /** Up to `most` rows; none at the end. */
  take(most: number): Promise<readonly (readonly DuckDBValue[])[]>;
  /** Whether no row is left. */
  atEnd(): Promise<boolean>;
}

/** Reads a result row by row. */
export function rowCursor(result: DuckDBResult): RowCursor {
  const chunks = result.yieldRows();
  let rows: DuckDBValue[][] = [];
  let used = 0;
  const fill = async () => {
    while (used >= rows.length) {
      const next = await chunks.next();
      if (next.done) return false;
      rows = next.value;
      used = 0;
    }
    return true;
  };
  return {
    columns: result.columnNames(),
    async take(most) {
      if (!(await fill())) return [];
      const piece = rows.slice(used, used + most);
      used += piece.length;
      return piece;
    },
    atEnd: async () => !(await fill()),
  };
}

/** How a file is written. */
export interface CsvFileOptions {
  readonly bom: boolean;
  /** Rows of this file. */
  readonly limit: number;
  /** Hears how many rows were taken. */
  readonly onRows: (count: number) => void;
  /** Rows at the start that are taken but not written: an export that loses rows. */
  readonly missingRows?: number;
}

/** The text of one file: header and rows. */
export async function* csvFile(cursor: RowCursor, options: CsvFileOptions): AsyncGenerator<string> {
  yield (options.bom ? byteOrderMark : "") + csvLine(cursor.columns);
  let left = options.limit;
  let missing = options.missingRows ?? 0;
  while (left > 0) {
    const rows = await cursor.take(left);
    if (rows.length === 0) return;
    left -= rows.length;
    options.onRows(rows.length);
    yield rows.slice(missing).map(csvLine).join("");
    missing = Math.max(0, missing - rows.length);
  }
}
