import type { DatasetDefinition, EmulatorOptions, UserDefinition } from "../../emulator/options";

/** A dataset with a value of each kind that is easy to get wrong. */
export const sales = {
  id: "sales",
  name: "Sales",
  columns: [
    { name: "Order ID", type: "LONG" },
    { name: "Région", type: "STRING" },
    { name: 'The "Note"', type: "STRING" },
    { name: "Sales", type: "DECIMAL" },
    { name: "Day", type: "DATE" },
    { name: "At", type: "DATETIME" },
    { name: "Rate", type: "DOUBLE" },
  ],
  rows: [
    [1, "West", "", "10.50", "2024-01-01", "2024-01-01 08:00:00", 0.1],
    [2, "East", null, "0.10", "2024-01-02", "2024-01-02 09:30:00", 1.5],
    [3, "West", 'a "b", c\nd', "100", "2024-01-03", null, null],
    [4, "Île", "x'; --", null, null, "2024-01-04 00:00:00", 2],
  ],
} satisfies DatasetDefinition;

/** A user who may read it. */
export const reader = {
  token: "reader-token",
  id: 7,
  displayName: "Reader",
  datasets: { sales: "READ" },
  groupIds: [70],
} satisfies UserDefinition;

/** An emulator with that dataset, a user who may read it and one who may not. */
export const options = {
  datasets: [sales],
  users: [reader, { token: "other-token", id: 8, displayName: "Other" }],
  exportSeconds: 0.05,
  // Nobody listens there: a test that does not bring its own S3 never reaches another.
  s3Endpoint: "http://127.0.0.1:9",
} satisfies EmulatorOptions;

/** Domo's JSON for a column. */
export function column(name: string) {
  return { exprType: "COLUMN", column: name } as const;
}

/** Domo's JSON for a text. */
export function text(value: string) {
  return { exprType: "STRING_VALUE", value } as const;
}

/** Domo's JSON for a number. */
export function number(value: number) {
  return { exprType: "NUMERIC_VALUE", value } as const;
}

/** The body of a POST. */
export function exportBody(changes: object = {}, query: object = { columns: [column("Order ID")] }) {
  return {
    awsAccessKey: "AKIDSECRET",
    awsAccessSecret: "SECRETKEY",
    sessionToken: "SECRETSESSION",
    bucket: "exports",
    path: "team/sales",
    region: "eu-west-3",
    queryRequest: { includeBOM: false, useCache: true, query },
    ...changes,
  };
}
