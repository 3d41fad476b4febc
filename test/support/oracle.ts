import { DuckDBInstance } from "@duckdb/node-api";
import { type CsvRows, csvRows } from "../../emulator/csv-rows";
import type { DatasetDefinition } from "../../emulator/options";
import { loadTable } from "../../emulator/tables";

/** DuckDB with one dataset in the table `dataset`. It takes SQL text and knows nothing of Domo's JSON. */
export interface Oracle {
  run(sql: string): Promise<CsvRows>;
  close(): void;
}

/** Opens an oracle, for many questions on the same rows. */
export async function openOracle(definition: DatasetDefinition): Promise<Oracle> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await loadTable(connection, "dataset", definition);
  return {
    run: (sql) => csvRows(connection, { sql, values: [] }),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** DuckDB's own answer to `SELECT … FROM dataset …`, written the way an export file is. */
export async function runSql(definition: DatasetDefinition, sql: string): Promise<CsvRows> {
  const oracle = await openOracle(definition);
  try {
    return await oracle.run(sql);
  } finally {
    oracle.close();
  }
}
