import { isDeepStrictEqual } from "node:util";
import { argumentFacts, argumentNames, type ArgumentName, type Consequence } from "./args/arguments";
import type { ExportInputs } from "./args/schema";
import type { DriftKind, ExportState } from "./state/export-state";

/** One difference between state and program, or between state and what is there. */
export interface Difference {
  /** Name of the argument or output. */
  property: string;
  consequence: Consequence;
}

/** What each kind of drift leads to: another export, or a line that people read. */
const driftRules = {
  "object-missing": "export",
  "object-changed": "export",
  "bucket-gone": "export",
  "bucket-moved": "export",
  "policies-changed": "export", // other rows
  "new-data": "report", // see onNewData
  "column-gone": "report", // the next export would fail: the query has to change first
  "dataset-gone": "report", // nothing left to export
  "bucket-exposed": "report", // another export would not close the bucket
  "manifest-missing": "record", // the data is whole: the manifest alone is written again
  "manifest-replaced": "record", // likewise
} satisfies Record<DriftKind, "export" | "record" | "report">;

/** All differences between the state `olds` and the checked inputs `news`. */
export function differences(olds: ExportState, news: ExportInputs): Difference[] {
  const found: Difference[] = argumentNames
    .filter((name) => isArgumentChanged(name, olds, news))
    .map((property) => ({ property, consequence: argumentFacts(property).onChange }));
  if (olds.instance !== news.instance) found.push({ property: "instance", consequence: "export" });
  if (olds.exportStatus !== "success") found.push({ property: "exportStatus", consequence: "export" });
  const exportsNewData = news.onNewData === "export";
  if (olds.drift.some(({ kind }) => driftRules[kind] === "export" || (exportsNewData && kind === "new-data"))) {
    found.push({ property: "drift", consequence: "export" });
  } else if (olds.drift.some(({ kind }) => driftRules[kind] === "record")) {
    found.push({ property: "drift", consequence: "record" });
  }
  return found;
}

/** Whether an update runs an export; otherwise it only records arguments. */
export function runsExport(found: readonly Difference[]): boolean {
  return found.some(({ consequence }) => consequence !== "record");
}

function isArgumentChanged(name: ArgumentName, olds: ExportState, news: ExportInputs): boolean {
  // What was taken over stays; a region that is left out or spelled out is still the bucket's own.
  if ((name === "adopt" || name === "region") && news[name] === undefined) return false;
  return !isDeepStrictEqual(name === "region" ? olds.bucketRegion : olds[name], news[name]);
}
