import { randomUUID } from "node:crypto";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Clock } from "./clock";
import type { Cell, ColumnDefinition, DatasetDefinition, Pdp } from "./options";
import { identifier } from "./sql-text";
import { appendRows, countRows, loadTable } from "./tables";

/** One state of a dataset's rows, as Domo numbers them. */
export interface DataVersion {
  readonly dataId: number;
  /** Moves with the columns. */
  readonly schemaId: number;
  readonly recordedAt: number;
  readonly rowCount: number;
}

/** A dataset and its history. Each version of the data is a table of its own, so that a running export keeps its rows. */
export interface Dataset {
  readonly id: string;
  name: string;
  /** When its data, its columns or its name changed last. */
  updatedAt: number;
  readonly owner: { readonly id: number; readonly name: string };
  columns: readonly ColumnDefinition[];
  schemaId: number;
  pdp: Pdp | undefined;
  table: string;
  /** Tables of earlier versions, which a running export may still read. */
  readonly retired: string[];
  readonly versions: DataVersion[];
}

/** What {@link advanceData} does, in this order. Nothing given makes a new version of the same rows. */
export interface DataChange {
  readonly dataset: string;
  readonly renameColumn?: { readonly from: string; readonly to: string };
  readonly dropColumn?: string;
  readonly rows?: readonly (readonly Cell[])[];
  readonly append?: readonly (readonly Cell[])[];
}

/** Loads a dataset. */
export async function openDataset(
  connection: DuckDBConnection,
  definition: DatasetDefinition,
  clock: Clock,
): Promise<Dataset> {
  const table = `data_${randomUUID()}`;
  await loadTable(connection, table, definition);
  const { id, name, columns, pdp, owner = { id: 1, name: "Owner" } } = definition;
  const dataset: Dataset = {
    id,
    name,
    updatedAt: 0,
    owner,
    columns,
    schemaId: 1,
    pdp,
    table,
    retired: [],
    versions: [],
  };
  await recordVersion(connection, dataset, clock);
  return dataset;
}

/** Changes rows or columns of a dataset and records a new data version. */
export async function advanceData(
  connection: DuckDBConnection,
  dataset: Dataset,
  change: DataChange,
  clock: Clock,
): Promise<DataVersion> {
  const { renameColumn, dropColumn, rows, append } = change;
  for (const name of [renameColumn?.from, dropColumn])
    if (name !== undefined && !dataset.columns.some((column) => column.name === name))
      throw new TypeError(`Dataset "${dataset.id}" has no column "${name}"`);
  if (renameColumn) {
    const { from, to } = renameColumn;
    await reshape(connection, dataset, (column) => [{ ...column, name: column.name === from ? to : column.name }]);
  }
  if (dropColumn !== undefined)
    await reshape(connection, dataset, (column) => (column.name === dropColumn ? [] : [column]));
  if (rows) await replaceTable(dataset, (table) => loadTable(connection, table, { ...dataset, rows }));
  if (append) {
    const from = dataset.table;
    await replaceTable(dataset, (to) => appendRows(connection, { from, to }, dataset.columns, append));
  }
  return recordVersion(connection, dataset, clock);
}

/** Gives a dataset another name. */
export function renameDataset(dataset: Dataset, name: string, clock: Clock): void {
  dataset.name = name;
  dataset.updatedAt = clock.now();
}

/** The newest data version. */
export function currentVersion(dataset: Dataset): DataVersion {
  const version = dataset.versions.at(-1);
  if (!version) throw new Error(`Dataset "${dataset.id}" has no data`);
  return version;
}

/** Drops the tables of earlier versions; no export of the dataset may be running. */
export async function dropRetired(connection: DuckDBConnection, dataset: Dataset): Promise<void> {
  for (const table of dataset.retired.splice(0)) await connection.run(`DROP TABLE ${identifier(table)}`);
}

/** Opens a connection of its own: a streaming result needs one. */
export async function withConnection<T>(
  instance: DuckDBInstance,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await instance.connect();
  try {
    return await use(connection);
  } finally {
    connection.closeSync();
  }
}

async function reshape(
  connection: DuckDBConnection,
  dataset: Dataset,
  change: (column: ColumnDefinition) => readonly ColumnDefinition[],
): Promise<void> {
  const kept = dataset.columns.map((column) => ({ column, after: change(column) }));
  const list = kept.flatMap(({ column, after }) =>
    after.map(({ name }) => `${identifier(column.name)} AS ${identifier(name)}`),
  );
  const from = identifier(dataset.table);
  await replaceTable(dataset, async (table) => {
    await connection.run(`CREATE TABLE ${identifier(table)} AS SELECT ${list.join(", ")} FROM ${from}`);
  });
  dataset.columns = kept.flatMap(({ after }) => after);
  dataset.schemaId += 1;
}

async function replaceTable(dataset: Dataset, create: (table: string) => Promise<void>): Promise<void> {
  const table = `data_${randomUUID()}`;
  await create(table);
  dataset.retired.push(dataset.table);
  dataset.table = table;
}

async function recordVersion(connection: DuckDBConnection, dataset: Dataset, clock: Clock): Promise<DataVersion> {
  const dataId = (dataset.versions.at(-1)?.dataId ?? 0) + 1;
  const rowCount = await countRows(connection, dataset.table);
  const version = { dataId, schemaId: dataset.schemaId, recordedAt: clock.now(), rowCount };
  dataset.versions.push(version);
  dataset.updatedAt = version.recordedAt;
  return version;
}
