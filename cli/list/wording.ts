import { counted, numberText } from "../../provider/delivery/row-bounds";
import type { ListedExport, ListReport } from "./report";

/** The cells of an export, in the order of {@link HEAD}. */
export function cellsOf(item: ListedExport, now: number): string[] {
  return [item.name, item.dataset ?? NOT_SHOWN, rowsOf(item), ageOf(item, now), stateOf(item), item.next ?? "nothing"];
}

/** Stands for what state does not have, or keeps as a secret. */
const NOT_SHOWN = "not shown";

/** Titles of the columns. */
export const HEAD: readonly string[] = ["Export", "Dataset", "Rows", "Age", "State", "Next step"];

/** The age of the recorded export, in its largest unit. */
function ageOf({ exportedAt }: ListedExport, now: number): string {
  if (exportedAt === undefined) return NOT_SHOWN;
  const minutes = Math.max(0, Math.floor((now - Date.parse(exportedAt)) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** `delivered`, or how the export differs from that. */
export function stateOf({ status, drift }: ListedExport): string {
  if (status !== "success") return status;
  if (drift === undefined) return "delivered, drift not shown";
  return drift.length === 0 ? "delivered" : drift.join(", ");
}

/** Each next step once, with the exports that it is for. */
export function nextSteps(exports: readonly ListedExport[]): { step: string; names: string[] }[] {
  const steps = new Map<string, string[]>();
  for (const { name, next } of exports) if (next !== undefined) steps.set(next, [...(steps.get(next) ?? []), name]);
  return [...steps].map(([step, names]) => ({ step, names }));
}

/** One sentence about all of it. */
export function summaryOf({ stacks }: ListReport): string {
  const all = stacks.flatMap(({ exports }) => exports);
  const open = all.filter(({ next }) => next !== undefined).length;
  const where = `${counted(all.length, "export")} in ${counted(stacks.length, "stack")}`;
  return `${where}${open === 0 ? "" : `, ${open} with a next step`}.`;
}

function rowsOf({ rows }: ListedExport): string {
  return rows === undefined ? NOT_SHOWN : numberText(rows);
}
