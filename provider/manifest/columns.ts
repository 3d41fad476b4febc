import type { DomoColumns } from "../domo/answers";
import type { SelectItemNode, SelectNode } from "../query/ast";
import { renderNode } from "../query/render";
import type { Manifest } from "./shape";

type Element = Manifest["schema"]["elements"][number];

/** Domo's types in Redshift's words. */
const BASES: Readonly<Record<string, string>> = {
  STRING: "character varying",
  LONG: "bigint",
  DOUBLE: "double precision",
  DECIMAL: "numeric",
  DATE: "date",
  DATETIME: "timestamp without time zone",
};

/** The columns of the files, in their order. A type that is not known is text, as every value of a CSV file is. */
export function elementsOf(query: SelectNode, columns: DomoColumns): Element[] {
  const types = new Map(columns.map(({ name, type }) => [name, type.toUpperCase()]));
  const baseOf = (item: SelectItemNode): string => {
    if (item.kind === "count") return "bigint";
    return (item.kind === "column" && BASES[types.get(item.name) ?? ""]) || "character varying";
  };
  return query.columns.map((item, index) => ({ name: nameOf(item, index), type: { base: baseOf(item) } }));
}

function nameOf(item: SelectItemNode, index: number): string {
  switch (item.kind) {
    case "column":
      return item.name;
    case "count":
      return renderNode(item);
    case "raw":
      return `column ${index + 1}`;
  }
}
