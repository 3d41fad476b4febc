import type { ExportRule } from "../rule";

/** What is delivered is compared with a count that is not the export's own. Whether row policies apply is not in a declaration. */
export const counted: ExportRule<object> = {
  name: "counted",
  description: "An export is compared with a count of its query.",
  enforcementLevel: "advisory",
  severity: "medium",
  parameters: {},
  check: ({ inputs: { countRows } }) =>
    countRows === "off"
      ? ['countRows is "off", so that rows which are missing or too many are not noticed — remove it']
      : [],
};
