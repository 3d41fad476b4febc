import type { DuckDBConnection } from "@duckdb/node-api";
import type { Cell, ColumnDefinition, DatasetDefinition } from "./options";
import { constant, identifier } from "./sql-text";

/** Loads a dataset's rows, in their order, into a new table with the declared types. */
export async function loadTable(
  connection: DuckDBConnection,
  table: string,
  definition: Pick<DatasetDefinition, "csv" | "rows" | "columns" | "id">,
): Promise<void> {
  const { columns, csv, rows } = definition;
  if (csv !== undefined) {
    await connection.run(`CREATE TABLE ${identifier(table)} AS SELECT ${casts(columns)} FROM ${readCsv(csv, columns)}`);
  } else if (rows !== undefined) {
    await loadRows(connection, table, columns, rows);
  } else {
    throw new TypeError(`Dataset "${definition.id}" has neither "csv" nor "rows"`);
  }
}

/** Makes a table of the same columns in which the rows follow those of another. */
export async function appendRows(
  connection: DuckDBConnection,
  tables: { readonly from: string; readonly to: string },
  columns: readonly ColumnDefinition[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  const added = `${tables.to}_added`;
  await loadRows(connection, added, columns, rows);
  const [from, more] = [identifier(tables.from), identifier(added)];
  await connection.run(
    `CREATE TABLE ${identifier(tables.to)} AS SELECT * FROM ${from} UNION ALL SELECT * FROM ${more}`,
  );
  await connection.run(`DROP TABLE ${more}`);
}

/** The number of rows of a table. */
export async function countRows(connection: DuckDBConnection, table: string): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${identifier(table)}`);
  return Number(reader.getRows()[0]?.[0] ?? 0);
}

async function loadRows(
  connection: DuckDBConnection,
  table: string,
  columns: readonly ColumnDefinition[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  const staging = `${table}_text`;
  const names = columns.map(({ name }) => `${identifier(name)} VARCHAR`);
  await connection.run(`CREATE TABLE ${identifier(staging)} (${names.join(", ")})`);
  const appender = await connection.createAppender(staging);
  for (const row of rows) {
    if (row.length !== columns.length)
      throw new TypeError(`A row has ${row.length} values for ${columns.length} columns`);
    for (const value of row) {
      if (value === null) appender.appendNull();
      else appender.appendVarchar(String(value));
    }
    appender.endRow();
  }
  appender.closeSync();
  await connection.run(`CREATE TABLE ${identifier(table)} AS SELECT ${casts(columns)} FROM ${identifier(staging)}`);
  await connection.run(`DROP TABLE ${identifier(staging)}`);
}

function readCsv(file: string, columns: readonly ColumnDefinition[]): string {
  const types = columns.map(({ name }) => `${constant(name)}: 'VARCHAR'`).join(", ");
  const format = `auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = ''`;
  // Null and the empty text differ only by the quotes; quoted line breaks need a single reader.
  return `read_csv(${constant(file)}, ${format}, allow_quoted_nulls = false, parallel = false, columns = {${types}})`;
}

function casts(columns: readonly ColumnDefinition[]): string {
  const cast = (column: ColumnDefinition) => {
    const name = identifier(column.name);
    return column.type === "STRING" ? name : `CAST(nullif(${name}, '') AS ${sqlType(column)}) AS ${name}`;
  };
  return columns.map(cast).join(", ");
}

function sqlType({ type, scale }: ColumnDefinition): string {
  switch (type) {
    case "STRING":
      return "VARCHAR";
    case "LONG":
      return "BIGINT";
    case "DOUBLE":
      return "DOUBLE";
    case "DECIMAL":
      return `DECIMAL(18, ${scale ?? 2})`;
    case "DATE":
      return "DATE";
    case "DATETIME":
      return "TIMESTAMP";
  }
}
