import { isDeepStrictEqual } from "node:util";
import type { ExportInputs } from "./args/schema";
import type { DriftKind, ExportState } from "./state/export-state";
import { UNKNOWN } from "./host/unknown";

/** What a difference leads to: another resource, another export in place, or only a new record in state. */
export type Consequence = "replace" | "export" | "record";

/** One difference between state and program, or between state and what is there. */
export interface Difference {
  /** Name of the argument or output. */
  property: string;
  consequence: Consequence;
}

/** One line per argument: what a change of it leads to, and why. */
const rules = {
  dataset: "replace", // another dataset is another thing, with another audience
  bucket: "replace", // the old objects stay where they are
  path: "replace", // likewise
  query: "export", // other data in the same place
  region: "export", // reaches the POST
  includeBom: "export", // other bytes
  useCache: "export", // possibly other data
  kmsKeyId: "export", // the object is encrypted with it
  triggers: "export", // that is what they are for
  adopt: "export", // takes another export over (never runs one)
  roleArn: "record", // who may write says nothing about what was written
  externalId: "record",
  sourceIdentity: "record",
  allowLongLivedCredentials: "record",
  timeoutSeconds: "record",
  deleteObjects: "record",
  verify: "record",
  onNewData: "record",
  preflight: "record",
  expectedBucketOwner: "record",
  acceptBucketAudience: "record",
  acknowledgeUnrestricted: "record",
} satisfies Record<Exclude<keyof ExportInputs, "sql" | "resourceUrn">, Consequence>;

/** Kinds of drift that a new export puts right. */
const repairable: ReadonlySet<DriftKind> = new Set([
  "object-missing",
  "object-changed",
  "status-changed",
  "bucket-gone",
  "bucket-moved",
]);

/** All differences between the state `olds` and the checked inputs `news`. */
export function differences(olds: ExportState, news: ExportInputs): Difference[] {
  const found: Difference[] = [];
  for (const [property, consequence] of Object.entries(rules) as [keyof typeof rules, Consequence][]) {
    if (isChanged(property, olds[property], news[property])) found.push({ property, consequence });
  }
  if (olds.exportStatus !== "success") found.push({ property: "exportStatus", consequence: "export" });
  const exportsNewData = news.onNewData === "export";
  if (olds.drift.some(({ kind }) => repairable.has(kind) || (exportsNewData && kind === "new-data"))) {
    found.push({ property: "drift", consequence: "export" });
  }
  return found;
}

function isChanged(property: keyof typeof rules, before: unknown, after: unknown): boolean {
  if (after === UNKNOWN) return true;
  if (property === "region" && after === undefined) return false; // the state holds the bucket's own, as resolved
  if (property === "adopt" && after === undefined) return false; // it was taken over; nothing to undo
  return !isDeepStrictEqual(before, after);
}
