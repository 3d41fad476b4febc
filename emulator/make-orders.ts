import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../local/paths";
import { csvLine } from "./csv-text";
import { orderRow } from "./order-row";
import type { ColumnDefinition, DatasetDefinition } from "./options";
import { seededRandom } from "./random";

const columns = [
  { name: "Order ID", type: "STRING" },
  { name: "Order Date", type: "DATE" },
  { name: "Ship Date", type: "DATETIME" },
  { name: "Customer Name", type: "STRING" },
  { name: "Region", type: "STRING" },
  { name: "Sales", type: "DECIMAL", scale: 2 },
  { name: "Quantity", type: "LONG" },
  { name: "Discount", type: "DOUBLE" },
  { name: "Notes", type: "STRING" },
] as const satisfies readonly ColumnDefinition[];

/** Part of the file's name, so that a file of earlier rules is not taken for a new one: to be raised with any change. */
const edition = 1;

/** What {@link ordersDataset} may vary. */
export interface OrdersOptions {
  /** @default "orders" */
  readonly id?: string;
  /** @default 12000 */
  readonly rows?: number;
  /** @default 1 */
  readonly seed?: number;
}

/** The built-in dataset "Orders". Its file is written at first use; the same rows and seed give the same bytes. */
export function ordersDataset({ id = "orders", rows = 12_000, seed = 1 }: OrdersOptions = {}): DatasetDefinition & {
  readonly csv: string;
} {
  const folder = join(cacheDir, "datasets");
  const csv = join(folder, `orders-${edition}-${rows}-${seed}.csv`);
  if (!existsSync(csv)) {
    mkdirSync(folder, { recursive: true });
    const temporary = `${csv}.${process.pid}.tmp`;
    writeFileSync(temporary, ordersCsv(rows, seed));
    renameSync(temporary, csv);
  }
  return { id, name: "Orders", csv, columns };
}

/** The text of the file. */
export function ordersCsv(rows: number, seed: number): string {
  const random = seededRandom(seed);
  const lines = [csvLine(columns.map(({ name }) => name))];
  for (let index = 0; index < rows; index += 1) lines.push(csvLine(orderRow(index, random)));
  return lines.join("");
}
