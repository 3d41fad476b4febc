import type { Cell } from "./options";

const firstNames = ["Ana", "Zoë", "Jürgen", "Siân", "François", "Małgorzata", "Olga", "李", "Noor", "Þór"];
const lastNames = [
  "O'Brien",
  "Müller",
  "da Silva",
  "Nguyễn",
  "Smith, Jr.",
  "D’Angelo",
  "Ødegård",
  "小明",
  "García",
  "Kowalska",
];
const regions = ["West", "East", "Central", "South", "Île-de-France", "Nord / Süd"];
const notes = [
  "Leave at the door",
  'Customer said "call first"',
  "Fragile, handle with care",
  "First line\nsecond line",
  "Windows line\r\nbreak",
  "Été à la plage ☀️",
  'ends with a quote"',
  "=SUM(A1:A2)",
  " leading and trailing ",
  "שלום, مرحبا",
];
const day = 86_400_000;
const firstDay = Date.UTC(2022, 0, 1);

/** One order. Every column but the id is null now and then; texts are sometimes empty. */
export function orderRow(index: number, random: () => number): Cell[] {
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? "";
  const sometimes = (value: Cell, nulls: number): Cell => (random() < nulls ? null : value);
  const ordered = firstDay + Math.floor(random() * 1000) * day;
  const shipped = ordered + Math.floor(random() * 7 * 86_400) * 1000;
  const quantity = 1 + Math.floor(random() * 14);
  const cents = Math.floor(quantity * (100 + random() * 90_000));
  const note = random() < 0.3 ? "" : pick(notes);
  return [
    `CA-${new Date(ordered).getUTCFullYear()}-${String(100_000 + index)}`,
    sometimes(isoDay(ordered), 0.01),
    sometimes(`${isoDay(shipped)} ${new Date(shipped).toISOString().slice(11, 19)}`, 0.05),
    `${pick(firstNames)} ${pick(lastNames)}`,
    sometimes(pick(regions), 0.02),
    sometimes((cents / 100).toFixed(2), 0.01),
    sometimes(quantity, 0.01),
    sometimes(Math.floor(random() * 9) / 20, 0.02),
    sometimes(note, 0.3),
  ];
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
