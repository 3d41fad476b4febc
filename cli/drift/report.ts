import { z } from "zod";
import { driftKinds } from "../../provider/state/export-state";
import { findingKinds } from "./kinds";

const facts = {
  subject: z.string().describe("What drifted: an object's key, a column's name, the bucket, or an id"),
  expected: z.string().describe("What the state says"),
  actual: z.string().describe("What was found"),
  since: z.iso.datetime().optional().describe("Since when, by Domo's or S3's clock; absent where neither says"),
};

/** One entry of the output `drift`. */
export const recordedDrift = z.object({ kind: z.enum(driftKinds), ...facts });

const finding = z.strictObject({
  kind: z
    .enum(findingKinds)
    .describe("gone = nothing is left of the export; not-delivered = state records no verified export"),
  ...facts,
});

const exportReport = z.strictObject({
  name: z.string().describe("Name of the resource"),
  urn: z.string(),
  onNewData: z.string().optional().describe("The argument; absent where state does not have it"),
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

/**
 * Whether a finding makes the command fail: where kinds are named, one of them; else every kind, but new data only where
 * the export asks for it by `onNewData: "export"`. Otherwise new data is the usual course of things.
 */
export function isRed(
  { kind }: Pick<Finding, "kind">,
  { onNewData }: Pick<ExportReport, "onNewData">,
  failOn?: readonly Finding["kind"][],
): boolean {
  if (failOn) return failOn.includes(kind);
  return kind !== "new-data" || onNewData === "export";
}

/** 1 when a stack could not be looked at, 2 when a finding makes the command fail, else 0. */
export function exitCodeOf({ stacks }: DriftReport, failOn?: readonly Finding["kind"][]): 0 | 1 | 2 {
  if (stacks.some(({ error }) => error !== undefined)) return 1;
  const all = stacks.flatMap(({ exports }) => exports);
  return all.some((one) => one.drift.some((finding) => isRed(finding, one, failOn))) ? 2 : 0;
}
