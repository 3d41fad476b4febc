import { UNKNOWN } from "../../provider/host/unknown";
import { knownObject } from "../plain";
import type { ExportRule } from "../rule";

/** Every export says how many rows it may have at most: a filter that was forgotten is refused before data leaves. */
export const rowLimit: ExportRule<object> = {
  name: "row-limit",
  description: "An export declares the most rows that it may have.",
  enforcementLevel: "disabled",
  severity: "medium",
  parameters: {},
  check: ({ inputs: { expectRows } }) =>
    expectRows === UNKNOWN || knownObject(expectRows).max !== undefined
      ? []
      : ["expectRows has no max, so that nothing limits how many rows leave — give expectRows: { max: … }"],
};
