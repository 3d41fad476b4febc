import { count } from "../plural";
import type { DriftReport, Finding } from "./report";

/** One difference, with where it is. */
export interface Row {
  readonly stack: string;
  readonly name: string;
  readonly finding: Finding;
  /** What to do. */
  readonly repair: string;
}

/** All differences, in the order of the report. */
export function rowsOf({ stacks }: DriftReport): Row[] {
  return stacks.flatMap(({ stack, exports }) =>
    exports.flatMap((one) =>
      one.drift.map((finding) => ({ stack, name: one.name, finding, repair: repairOf(finding.kind, one) })),
    ),
  );
}

const AGAIN = "`pulumi up --refresh` exports again, once the dataset has new data.";

/** Kinds of finding with what repairs each. */
export const repairs: Readonly<Record<Finding["kind"], string>> = {
  "object-missing": AGAIN,
  "object-changed": `${AGAIN} Find out who wrote the object.`,
  "policies-changed": "`pulumi up --refresh` exports again, with the rows that the token's user may see now.",
  "bucket-gone": `Restore the bucket. Then ${AGAIN}`,
  "bucket-moved": AGAIN,
  "new-data":
    'Nothing is broken: the file is older than the data. Change `triggers` for another export, or set `onNewData` to `"export"` (each refresh and up exports) or `"ignore"`.',
  "column-gone":
    "The file is as it was, but the query can't run again. Remove the column from the query, or restore it in the dataset.",
  "dataset-gone":
    "The objects are as they were, but there is nothing left to export. Restore the dataset, or remove the export from the program.",
  "bucket-exposed":
    "Others can read the objects. Close the bucket, or accept its audience with a reason in `acceptBucketAudience`.",
  "manifest-missing": "`pulumi up --refresh` writes the manifest again, without another export.",
  "manifest-replaced":
    "Find out who wrote it. `pulumi up --refresh` writes the manifest again over one of this export; remove any other object first.",
  gone: "`pulumi up --refresh` creates the export again.",
  "not-delivered": "`pulumi up` exports again; its message says why the last one failed.",
};

/** What repairs a finding of an export. */
export function repairOf(kind: Finding["kind"], { onNewData }: { readonly onNewData?: string } = {}): string {
  return kind === "new-data" && onNewData === "export" ? "`pulumi up` exports the new data." : repairs[kind];
}

/** One line without stack and export: kind, subject, what was expected, what was found, and since when. */
export function findingLine({ kind, subject, expected, actual, since }: Finding): string {
  return `${kind} "${subject}": expected ${expected}, found ${actual}, since ${since ?? "unknown"}`;
}

/** How many exports drifted, in one sentence without its full stop. */
export function summaryOf({ stacks }: DriftReport): string {
  const all = stacks.flatMap(({ exports }) => exports);
  const drifted = all.filter(({ drift }) => drift.length > 0).length;
  const failed = stacks.filter(({ error }) => error !== undefined).length;
  const unseen = `${count(failed, "stack")} could not be looked at`;
  const seen = stacks.filter(({ exports, error }) => error === undefined || exports.length > 0).length;
  if (seen === 0 && failed > 0) return unseen;
  const where = `${count(all.length, "export")} in ${count(seen, "stack")}`;
  const found = drifted === 0 ? `No drift in ${where}` : `${drifted} of ${where} drifted`;
  return failed === 0 ? found : `${found}; ${unseen}`;
}

/** The stacks that could not be looked at, with the reason. */
export function errorsOf({ stacks }: DriftReport): { stack: string; error: string }[] {
  return stacks.flatMap(({ stack, error }) => (error === undefined ? [] : [{ stack, error }]));
}

/** Why stacks could not be looked at, one line a reason. */
export function errorLines(report: DriftReport): string[] {
  return errorsOf(report).flatMap(({ stack, error }) => error.split("\n").map((line) => `${stack}: ${line}`));
}
