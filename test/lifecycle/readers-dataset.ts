import type { DatasetDefinition } from "../../emulator/options";
import { orderColumns } from "../support/orders";

/** Thirty rows of every type, with what breaks readers: leading zeros, quotes, line breaks, nulls and empty texts. */
export function readersDataset(id: string): DatasetDefinition {
  const notes = ["plain", "", null, 'say "hi"', "two\nlines", "a, b", " blank ", "ünïcödé"];
  return {
    id,
    name: "Orders",
    columns: [
      ...orderColumns,
      { name: "Amount", type: "DECIMAL" },
      { name: "Pieces", type: "LONG" },
      { name: "Day", type: "DATE" },
      { name: "Note", type: "STRING" },
    ],
    rows: Array.from({ length: 30 }, (_, row) => [
      String(row).padStart(4, "0"),
      ["West", "East", null][row % 3] ?? null,
      row % 5 === 0 ? null : row * 1.25,
      row % 4 === 0 ? null : row / 8,
      row % 6 === 0 ? null : row * 1_000_000_007,
      row % 7 === 0 ? null : `2024-02-${String((row % 28) + 1).padStart(2, "0")}`,
      notes[row % notes.length] ?? null,
    ]),
  };
}
