import { ApiError } from "./api-error";
import type { ColumnDefinition } from "./options";
import type { Value } from "./query-schema";

/** Collects the values of a statement, all of them text; gives the place of each. */
export interface Parameters {
  readonly values: string[];
  add(value: string): string;
}

/** An empty list of parameters. */
export function parameters(): Parameters {
  const values: string[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}

/** What a column holds, as far as comparisons go. */
export type ValueKind = "text" | "number" | "DATE" | "TIMESTAMP";

/** The kind of a column's values. */
export function kindOf({ type }: Pick<ColumnDefinition, "type">): ValueKind {
  switch (type) {
    case "STRING":
      return "text";
    case "LONG":
    case "DOUBLE":
    case "DECIMAL":
      return "number";
    case "DATE":
      return "DATE";
    case "DATETIME":
      return "TIMESTAMP";
  }
}

/** Whether values of two kinds can be compared. */
export function comparable(one: ValueKind, other: ValueKind): boolean {
  const isTime = (kind: ValueKind) => kind === "DATE" || kind === "TIMESTAMP";
  return one === other || (isTime(one) && isTime(other));
}

/** A constant that is compared with something of the given kind. */
export function valueSql({ exprType, value }: Value, kind: ValueKind, into: Parameters): string {
  switch (kind) {
    case "text":
      if (exprType === "NUMERIC_VALUE") throw new ApiError(400, "A number cannot be compared with text");
      return into.add(value);
    case "number":
      if (typeof value === "string" && !/^-?\d+(\.\d+)?$/.test(value))
        throw new ApiError(400, "Text cannot be compared with a number");
      return `CAST(${into.add(String(value))} AS ${numberType(String(value))})`;
    case "DATE":
    case "TIMESTAMP":
      if (exprType === "NUMERIC_VALUE" || !isDateTime(value))
        throw new ApiError(400, "A date or time must be a STRING_VALUE of the form YYYY-MM-DD HH:mm:ss");
      return `CAST(${into.add(value)} AS ${kind})`;
  }
}

/** Numbers keep the digits they were written with, as far as JSON's numbers hold them: 0.1 equals a decimal 0.10. */
function numberType(text: string): string {
  const [, whole, fraction = ""] = /^-?(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return "DOUBLE";
  if (fraction !== "") {
    const digits = (whole + fraction).replace(/^0+/, "").length;
    return digits > 15 || fraction.length > 15 ? "DOUBLE" : `DECIMAL(18, ${fraction.length})`;
  }
  if (whole.length < 19) return "BIGINT";
  return whole.length < 39 ? "HUGEINT" : "DOUBLE";
}

function isDateTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return false;
  const date = new Date(`${text.replace(" ", "T")}Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text.replace(" ", "T"));
}
