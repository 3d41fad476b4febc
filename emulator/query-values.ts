import { DuckDBDecimalValue, type DuckDBValue } from "@duckdb/node-api";
import { ApiError } from "./api-error.js";
import type { ColumnDefinition } from "./options.js";
import type { Value } from "./query-schema.js";

/** Collects the values of a statement; gives the place of each. */
export interface Parameters {
  readonly values: DuckDBValue[];
  add(value: DuckDBValue): string;
}

/** An empty list of parameters. */
export function parameters(): Parameters {
  const values: DuckDBValue[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}

/** What can be compared with what. */
export type ValueKind = "text" | "number" | "time";

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
    case "DATETIME":
      return "time";
  }
}

/** A constant that is compared with something of the given kind. */
export function valueSql(value: Value, kind: ValueKind, into: Parameters): string {
  switch (kind) {
    case "text":
      if (value.exprType === "NUMERIC_VALUE") throw new ApiError(400, "A number cannot be compared with text");
      return into.add(value.value);
    case "number":
      return into.add(numberValue(value));
    case "time":
      if (value.exprType === "NUMERIC_VALUE" || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value.value))
        throw new ApiError(400, "A date or time must be a STRING_VALUE of the form YYYY-MM-DD HH:mm:ss");
      return `CAST(${into.add(value.value)} AS TIMESTAMP)`;
  }
}

/** Numbers keep the digits they were written with, so that 0.1 equals a decimal 0.10 and large integers stay exact. */
function numberValue(value: Value): DuckDBValue {
  const text = String(value.value);
  const digits = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!digits && value.exprType === "STRING_VALUE") throw new ApiError(400, "Text cannot be compared with a number");
  const [, sign = "", whole = "", fraction = ""] = digits ?? [];
  const all = (whole + fraction).replace(/^0+(?=\d)/, "");
  if (!digits || all.length > 38 || fraction.length > 38) return Number(text);
  const scaled = BigInt(sign + all);
  return fraction === ""
    ? scaled
    : new DuckDBDecimalValue(scaled, Math.max(all.length, fraction.length), fraction.length);
}
