import { jsonText } from "../literal";

/** The columns of a dataset, as the indexed schema gives them. */
export interface RowColumn {
  name: string;
  /** STRING, LONG, DOUBLE, DECIMAL, DATE or DATETIME. */
  type: string;
}

const TYPES: Record<string, string> = {
  STRING: "string",
  LONG: "number",
  DOUBLE: "number",
  DECIMAL: "number",
  DATE: "Date",
  DATETIME: "Date",
};

/**
 * Writes the row type of a dataset for `dataset<Row>()`. Every name is quoted, so that blanks, quotes and letters of any
 * script are taken as they are; a type that is not known becomes `unknown`, which can be exported but not compared.
 *
 * @param dataset The dataset's name, which becomes the type's name, and its columns in their order.
 */
export function rowType(dataset: { name: string; columns: readonly RowColumn[] }): string {
  const seen = new Set<string>();
  const fields = dataset.columns.flatMap(({ name, type }) => {
    if (seen.has(name))
      return [`  // ${jsonText(name)} occurs again; a query can't name it until it is renamed in Domo`];
    seen.add(name);
    const written = Object.hasOwn(TYPES, type.toUpperCase()) ? TYPES[type.toUpperCase()] : "unknown";
    return [`  /** ${comment(type)} */`, `  ${jsonText(name)}: ${written};`];
  });
  return [
    `/** The columns of the Domo dataset ${comment(jsonText(dataset.name))}. */`,
    `export interface ${typeName(dataset.name)} {`,
    ...fields,
    "}",
    "",
  ].join("\n");
}

/** A dataset's name as the name of a type: `sales orders (EU)` gives `SalesOrdersEu`. */
export function typeName(name: string): string {
  const words = name.normalize("NFC").match(/[\p{L}\p{Nl}\p{M}\p{Nd}]+/gu) ?? [];
  const joined = words
    .map((word) =>
      /^\p{Lu}+$/u.test(word) && words.length > 1
        ? word[0]! + word.slice(1).toLowerCase()
        : word[0]!.toUpperCase() + word.slice(1),
    )
    .join("");
  return /^[\p{L}\p{Nl}]/u.test(joined) ? joined : `Dataset${joined}`;
}

function comment(text: string): string {
  return text.replaceAll("*/", "*\\/").replace(/[\r\n\u2028\u2029]+/g, " ");
}
