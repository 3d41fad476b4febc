import { z } from "zod";
import { driftKinds } from "../../provider/state/export-state";

const facts = {
  subject: z.string().describe("What drifted: an object's key, a column's name, the bucket, or an id"),
  expected: z.string().describe("What the state says"),
  actual: z.string().describe("What was found"),
  since: z.iso.datetime().optional().describe("Since when, by Domo's or S3's clock; absent where neither tells"),
};

/** One entry of the output `drift`. */
export const recordedDrift = z.object({ kind: z.enum(driftKinds), ...facts });

const finding = z.strictObject({
  kind: z
    .enum([...driftKinds, "gone", "not-delivered"])
    .describe("gone = nothing is left of the export; not-delivered = state records no verified export"),
  ...facts,
});

const exportReport = z.strictObject({
  name: z.string().describe("Name of the resource"),
  urn: z.string(),
  drift: z.array(finding).describe("Empty when all is well"),
});

const stackReport = z.strictObject({
  stack: z.string(),
  exports: z.array(exportReport).describe("Every export that could be looked at, by name"),
  error: z.string().optional().describe("Why the stack could not be looked at, or not wholly"),
});

/** Shape of `drift --format json`; published as `docs/drift.schema.json`. */
export const driftReport = z.strictObject({ version: z.literal(1), stacks: z.array(stackReport) });

/** One difference between an export's state and what is there. */
export type Finding = z.infer<typeof finding>;
/** One export and what drifted of it. */
export type ExportReport = z.infer<typeof exportReport>;
/** One stack: its exports, and why it could not be looked at. */
export type StackReport = z.infer<typeof stackReport>;
/** What `drift` found in all stacks, in the order in which they were asked for. */
export type DriftReport = z.infer<typeof driftReport>;

/** Kinds of finding with what puts each right. */
export const repairs: Readonly<Record<Finding["kind"], string>> = {
  "object-missing": "`pulumi up --refresh` exports again, once the dataset has new data.",
  "object-changed":
    "`pulumi up --refresh` exports again, once the dataset has new data. Find out who wrote the object.",
  "policies-changed": "`pulumi up --refresh` exports again, with the rows that the token's user may see now.",
  "bucket-gone": "Bring the bucket back, then `pulumi up --refresh` exports again, once the dataset has new data.",
  "bucket-moved": "`pulumi up --refresh` exports again, once the dataset has new data.",
  "new-data":
    'Nothing is broken; the file is older than the data. Change `triggers` for another export, or set `onNewData` to `"export"` (each refresh and up exports) or `"ignore"`.',
  "column-gone":
    "The file is as it was, but the query can't run again. Take the column out of the query, or restore it.",
  "dataset-gone":
    "The objects are as they were, but there is nothing left to export. Restore the dataset, or remove the export from the program.",
  "bucket-exposed":
    "Others can read the objects. Close the bucket, or accept its audience with a reason in `acceptBucketAudience`.",
  gone: "`pulumi up --refresh` creates the export anew.",
  "not-delivered": "`pulumi up` exports again; its message says why the last one failed.",
};

/** One line without stack and export: kind, subject, what was expected, what was found, and since when. */
export function findingLine({ kind, subject, expected, actual, since }: Finding): string {
  return `${kind} "${subject}": expected ${expected}, found ${actual}, since ${since ?? "unknown"}`;
}

/** 1 when a stack could not be looked at, 2 when something drifted, else 0. */
export function exitCodeOf({ stacks }: DriftReport): 0 | 1 | 2 {
  if (stacks.some(({ error }) => error !== undefined)) return 1;
  return stacks.some(({ exports }) => exports.some(({ drift }) => drift.length > 0)) ? 2 : 0;
}
