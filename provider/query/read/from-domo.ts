import { UNKNOWN } from "../../host/unknown";
import type { Report } from "../fault";
import { quoted } from "../literal";
import { orderNode } from "../nodes";
import { readExpression, readPredicateJson } from "./from-domo-expression";
import { isEmpty, tidyKeys } from "./domo-json";

const WRAPPERS = ["queryRequest", "query", "body"] as const;
const CREDENTIALS = ["awsAccessKey", "awsAccessSecret", "sessionToken", "awsSessionToken", "X-DOMO-Developer-Token"];
const ARGUMENTS = new Map([
  ["bucket", "bucket"],
  ["path", "path"],
  ["region", "region"],
  ["awsKmsKey", "kmsKeyId"],
]);
/** Seen around a query in pages and callers; none of it belongs to the query. */
const NEXT_TO_QUERY = [
  "includeBOM",
  "useCache",
  "method",
  "url",
  "headers",
  "source",
  "querySource",
  "context",
  "viewTemplate",
];
const QUERY_KEYS = ["columns", "where", "groupByColumns", "orderByColumns", "limit"];

/** What a pasted `queryRequest` says about the file rather than about the query. */
export interface RequestOptions {
  includeBom?: boolean;
  useCache?: boolean;
}

/** Tells whether an object looks like Domo's JSON: a query, or a request around one. */
export function isDomoJson(input: object): boolean {
  return "columns" in input || WRAPPERS.some((key) => key in input);
}

/** The options of a pasted `queryRequest`; empty for every other spelling of a query. */
export function requestOptions(input: unknown): RequestOptions {
  if (typeof input !== "object" || input === null || "kind" in input) return {};
  const { body, queryRequest, includeBOM, useCache } = input as Record<string, unknown>;
  if (body ?? queryRequest) return requestOptions(body ?? queryRequest);
  return {
    ...(isOption(includeBOM) && { includeBom: includeBOM }),
    ...(isOption(useCache) && { useCache }),
  };
}

function isOption(value: unknown): value is boolean {
  return typeof value === "boolean" || value === UNKNOWN;
}

/** Whether nothing of the query itself is known, whatever is around it. */
export function isUnknownQuery(input: unknown): boolean {
  if (typeof input !== "object" || input === null || "columns" in input) return input === UNKNOWN;
  const inner = [...WRAPPERS, "tree", "text"].find((key) => key in input);
  return inner !== undefined && isUnknownQuery((input as Record<string, unknown>)[inner]);
}

/**
 * Reads Domo's JSON as it stands in Domo's pages: the `query`, the `queryRequest` around it, or the whole example with
 * its placeholders. Real credentials and the place of the export are refused, as they belong elsewhere.
 */
export function fromDomo(input: object, report: Report): unknown {
  let path = "query";
  let object = tidyKeys(input);
  for (;;) {
    const inner = WRAPPERS.find((key) => key in object);
    if (!inner || "columns" in object) break;
    checkAround(object, path, inner, report);
    path = `${path}.${inner}`;
    const next = object[inner];
    if (next === UNKNOWN) return { kind: "select", columns: [UNKNOWN] };
    if (typeof next !== "object" || next === null || Array.isArray(next))
      return report(path, `${quoted(next)} is not an object`);
    object = tidyKeys(next);
  }
  return readQuery(object, path, report);
}

function readQuery(query: Record<string, unknown>, path: string, report: Report): unknown {
  for (const key of Object.keys(query)) {
    if (!QUERY_KEYS.includes(key) && !isEmpty(query[key])) {
      report(`${path}.${key}`, `is not part of Domo's documented query (${QUERY_KEYS.join(", ")}); remove it`);
    }
  }
  const list = (key: string) => readList(query[key], `${path}.${key}`, report);
  return {
    kind: "select",
    columns: list("columns")?.map((item, i) => readExpression(item, `${path}.columns[${i}]`, report)) ?? [],
    where: isEmpty(query.where) ? undefined : readPredicateJson(query.where, `${path}.where`, report),
    groupBy: list("groupByColumns")?.map((item, i) => readExpression(item, `${path}.groupByColumns[${i}]`, report)),
    orderBy: list("orderByColumns")?.map((item, i) => readOrder(item, `${path}.orderByColumns[${i}]`, report)),
    ...readLimit(query.limit, `${path}.limit`, report),
  };
}

function readList(value: unknown, path: string, report: Report): unknown[] | undefined {
  if (value === UNKNOWN) return [UNKNOWN];
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value : report(path, `${quoted(value)} is not a list`);
}

function readOrder(input: unknown, path: string, report: Report): unknown {
  if (input === UNKNOWN) return input;
  const { expression, order, ...rest } = tidyKeys(input);
  for (const key of Object.keys(rest)) report(`${path}.${key}`, "is not part of a sort key; remove it");
  const by = readExpression(expression, `${path}.expression`, report);
  if (order === UNKNOWN) return orderNode(by, UNKNOWN);
  if (order === "ASCENDING") return orderNode(by, "asc");
  if (order === "DESCENDING") return orderNode(by, "desc");
  return report(`${path}.order`, `${quoted(order)} is neither "ASCENDING" nor "DESCENDING"`);
}

function readLimit(input: unknown, path: string, report: Report): { limit?: unknown; offset?: unknown } {
  if (isEmpty(input)) return {};
  if (input === UNKNOWN || typeof input !== "object") return { limit: input };
  const { limit, offset, ...rest } = tidyKeys(input);
  for (const key of Object.keys(rest)) report(`${path}.${key}`, "is not part of a limit; remove it");
  return { limit: limit ?? undefined, offset: offset ?? undefined };
}

function checkAround(object: Record<string, unknown>, path: string, inner: string, report: Report): void {
  const headers = typeof object.headers === "object" ? tidyKeys(object.headers) : {};
  for (const key of CREDENTIALS) {
    const value = object[key] ?? headers[key];
    if (isEmpty(value) || isPlaceholder(value)) continue;
    report(
      path,
      `holds ${key}; a credential must not be in a program. Revoke it if it was committed, and give the queryRequest alone`,
    );
  }
  for (const key of Object.keys(object)) {
    if (
      key === inner ||
      NEXT_TO_QUERY.includes(key) ||
      CREDENTIALS.includes(key) ||
      isEmpty(object[key]) ||
      isPlaceholder(object[key])
    )
      continue;
    const argument = ARGUMENTS.get(key);
    if (argument) report(`${path}.${key}`, `is not part of the query; give it as the resource's argument ${argument}`);
    else report(`${path}.${key}`, "is not part of Domo's documented request; remove it");
  }
}

function isPlaceholder(value: unknown): boolean {
  return typeof value === "string" && /^<.*>$/.test(value);
}
