import { UNKNOWN } from "../../provider/host/unknown";
import { queryColumns } from "../../provider/query/columns";
import { PERSONAL_DATA_TERMS } from "../personal-data";
import { knownObject } from "../plain";
import { type ExportRule, flag, quoted, textList } from "../rule";
import { namesTerm } from "../words";

/** Parameters of {@link forbiddenColumns}. */
export interface ForbiddenColumnsConfig {
  terms: string[];
  patterns: string[];
  allow: string[];
  includeFilters: boolean;
}

/** No column is exported whose name says that it holds what may not leave. */
export const forbiddenColumns: ExportRule<ForbiddenColumnsConfig> = {
  name: "forbidden-columns",
  description: "An export has no column of a forbidden name.",
  enforcementLevel: "mandatory",
  severity: "high",
  parameters: {
    terms: textList("Words that a column's name may not have. Replaces the default list.", PERSONAL_DATA_TERMS),
    patterns: textList("Regular expressions that no part of a column's name may match, whatever its case.", [], {
      format: "regex",
    }),
    allow: textList("Exact names of columns that are allowed all the same.", []),
    includeFilters: flag("Whether columns in WHERE, GROUP BY, ORDER BY and COUNT count too.", false),
  },
  check: ({ inputs }, { terms, patterns, allow, includeFilters }) => {
    const expressions = patterns.map((pattern) => new RegExp(pattern, "iu"));
    const named = queryColumns(inputs.query);
    const exported = new Set(named.filter((column) => column.exported).map(({ name }) => name));
    const used = new Set(named.map(({ name }) => name).filter((name) => !exported.has(name)));
    const hidden = new Set(rawTexts(inputs.query).filter((text) => !exported.has(text)));
    const examined = [
      ...[...exported].map((name) => ({ name, what: "column" })),
      ...[...hidden].map((name) => ({ name, what: "raw JSON with" })),
      ...(includeFilters ? [...used] : []).map((name) => ({ name, what: "used column" })),
    ];
    return examined.flatMap(({ name, what }) => {
      if (allow.includes(name)) return [];
      const found =
        terms.find((term) => namesTerm(name, term)) ?? patterns.find((_, index) => expressions[index]?.test(name));
      return found === undefined
        ? []
        : [
            `${what} ${quoted(name)} is forbidden by ${quoted(found)} — leave it out of the query, or add it to forbidden-columns.allow`,
          ];
    });
  },
};

/** All texts in the raw JSON of exported columns: nobody knows which of them an instance of Domo reads as a column. */
function rawTexts(query: unknown): string[] {
  const { columns } = knownObject(query);
  const items: unknown[] = Array.isArray(columns) ? columns : [];
  return items.map(knownObject).flatMap(({ kind, json }) => (kind === "raw" ? textsIn(json) : []));
}

function textsIn(json: unknown): string[] {
  if (typeof json === "string") return json === UNKNOWN ? [] : [json];
  return Object.entries(knownObject(json)).flatMap(([key, part]) => (key === "exprType" ? [] : textsIn(part)));
}
