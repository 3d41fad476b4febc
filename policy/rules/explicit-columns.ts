import { UNKNOWN } from "../../provider/host/unknown";
import { knownObject } from "../plain";
import { type ExportRule, quoted } from "../rule";

/** Every exported column is named, so that a reviewer sees what leaves Domo. */
export const explicitColumns: ExportRule<object> = {
  name: "explicit-columns",
  description: "An export names every column.",
  enforcementLevel: "mandatory",
  severity: "high",
  parameters: {},
  check: ({ inputs }) => {
    const { columns } = knownObject(inputs.query);
    if (inputs.query === UNKNOWN || columns === UNKNOWN) return [];
    if (!Array.isArray(columns) || columns.length === 0)
      return [`query ${quoted(inputs.query)} names no column — list the columns to export, such as select("Region")`];
    return columns.flatMap((column: unknown, index) => {
      const { kind, name, json } = knownObject(column);
      if (kind === "raw")
        return [
          `query.columns[${index}] is the raw JSON ${quoted(json)}, which need not be one named column — ` +
            'write column("…") or count("…") instead',
        ];
      return name === "*" ? [`query.columns[${index}] is "*" — list the columns to export by their names`] : [];
    });
  },
};
