import { expect, test } from "vitest";
import { audienceOverrideTicket } from "../../policy/rules/audience-override-ticket";
import { forbiddenColumns, type ForbiddenColumnsConfig } from "../../policy/rules/forbidden-columns";
import { column, count, eq, raw, select } from "../../provider/query/build/builder";
import { UNKNOWN } from "../../provider/host/unknown";

const config: ForbiddenColumnsConfig = { terms: ["ssn", "email"], patterns: [], allow: [], includeFilters: false };

function judge(query: unknown, more: Partial<ForbiddenColumnsConfig> = {}): string[] {
  const inputs = { query: JSON.parse(JSON.stringify(query)) as unknown };
  return forbiddenColumns
    .check({ name: "x", urn: "u", stack: "dev", inputs }, { ...config, ...more })
    .map((message) => message.split(" — ")[0] ?? "");
}

const refused = (name: string, term: string, what = "column") => `${what} "${name}" is forbidden by "${term}"`;

test.each([
  ["its documented form", { exprType: "COLUMN", column: "SSN" }],
  ["a kind of its own beside it", { exprType: "COLUMN", column: "SSN", kind: "column" }],
  ["a kind and another name beside it", { exprType: "COLUMN", column: "SSN", kind: "column", name: "Region" }],
  ["the kind of a raw node beside it", { exprType: "COLUMN", column: "SSN", kind: "raw", json: {} }],
  [
    "a function",
    { exprType: "FUNCTION", name: "MAX", arguments: [{ exprType: "COLUMN", column: "SSN", kind: "count" }] },
  ],
  ["a column inside of a column", { exprType: "COLUMN", column: { column: "SSN", kind: "column" } }],
])("a column in raw JSON is seen in %s", (_what, json) => {
  expect(judge(select("Region", raw(json)))).toEqual([refused("SSN", "ssn")]);
});

test("a text of an exported raw JSON counts, whatever its key", () => {
  expect(judge(select(raw({ exprType: "SQL", formula: "MAX(`SSN`)" })))).toEqual([
    refused("MAX(`SSN`)", "ssn", "raw JSON with"),
  ]);
  expect(judge(select(raw({ exprType: "COLUMN", Column: ["E-Mail"] })), { terms: ["e mail"] })).toEqual([
    refused("E-Mail", "e mail", "raw JSON with"),
  ]);
  expect(judge(select(raw({ exprType: "SSN" })))).toEqual([]);
  expect(judge(select(raw({ a: UNKNOWN })), { patterns: ["."] })).toEqual([]);
});

test("raw JSON in a filter counts by its columns, and only where filters do", () => {
  const filter = raw({
    exprType: "LIKE",
    leftExpr: { exprType: "COLUMN", column: "SSN", kind: "column" },
    text: "email",
  });
  const query = select("Region").where(filter);
  expect(judge(query)).toEqual([]);
  expect(judge(query, { includeFilters: true })).toEqual([refused("SSN", "ssn", "used column")]);
});

test("a column that is only counted or compared is used, not exported", () => {
  const query = select(count("SSN"), "Region").where(eq("Email", "a")).groupBy("Region");
  expect(judge(query)).toEqual([]);
  expect(judge(query, { includeFilters: true })).toEqual([
    refused("SSN", "ssn", "used column"),
    refused("Email", "email", "used column"),
  ]);
  expect(judge(select(column("SSN"), count("SSN")), { includeFilters: true })).toEqual([refused("SSN", "ssn")]);
});

const ticket = audienceOverrideTicket.parameters.pattern.default as string;
const tickets = (acceptBucketAudience: string, pattern = ticket) =>
  audienceOverrideTicket.check(
    { name: "x", urn: "u", stack: "dev", inputs: { acceptBucketAudience } },
    { pattern, allowPreflightWarn: false },
  );

test.each([
  ...["files are UTF-8", "encrypted with AES-256", "SHA-256 sums are public", "ISO-8601 dates", "ISO8859-1 text"],
  ...[
    "for the SOC-2 audit",
    "COVID-19 numbers are open",
    "SARS-COV-2 numbers",
    "approved in Q3-2025",
    "for FY-2025",
    "FY24-25",
  ],
  ...["RFC-7231 and UTF-8", "because I say so", "sec-12 is not in capitals", "SEC-", "12-34"],
])("%j names no ticket", (reason) => {
  expect(tickets(reason)).toEqual([
    `acceptBucketAudience "${reason}" names no ticket that matches "${ticket}" — add the ticket in which this audience was decided`,
  ]);
});

test.each([
  "SEC-12",
  "open data, approved in DATA-17",
  "(AUDIT2-1)",
  "UTF-8 files for the auditor, FIN-231",
  "SHAPE-7: shared",
])("%j names a ticket", (reason) => expect(tickets(reason)).toEqual([]));

test("a pattern of one's own is all that is asked", () => {
  expect(tickets("see ISO-27", "ISO-\\d+")).toEqual([]);
  expect(tickets("see SEC-27", "ISO-\\d+")).toHaveLength(1);
});
