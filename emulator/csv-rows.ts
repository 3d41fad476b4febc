import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import type { Statement } from "./query-sql";
import { csvFile, rowCursor } from "./row-cursor";
import { valueText } from "./csv-text";

/** A result in memory: its values as text, and the file that an export would write. */
export interface CsvRows {
  readonly columns: readonly string[];
  /** Null and the empty text stay apart. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** The text of the file. */
  readonly csv: string;
}

/** Runs a statement and holds all of its result. */
export async function csvRows(connection: DuckDBConnection, statement: Statement, bom = false): Promise<CsvRows> {
  const cursor = rowCursor(await connection.stream(statement.sql, statement.values));
  const rows: (string | null)[][] = [];
  const seen = {
    ...cursor,
    async take(most: number) {
      const taken = await cursor.take(most);
      for (const row of taken) rows.push(textRow(row));
      return taken;
    },
  };
  let csv = "";
  for await (const piece of csvFile(seen, { bom, limit: Infinity, onRows: () => undefined })) csv += piece;
  return { columns: cursor.columns, rows, csv };
}

function textRow(row: readonly DuckDBValue[]): (string | null)[] {
  return row.map((value) => (value === null ? null : valueText(value)));
}
