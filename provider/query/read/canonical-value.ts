import { UNKNOWN } from "../../host/unknown";
import type { RawNode, ValueNode } from "../ast";
import { fromDate, isDateTime, parseDateTime } from "../datetime";
import type { Report } from "../fault";
import { LACKS, lackSentence } from "../lacks";
import { quoted } from "../literal";
import { datetimeNode, numberNode, rawNode, textNode } from "../nodes";

/** Brings a value into its canonical form: a node, or a bare text or number. */
export function normalizeValue(input: unknown, path: string, report: Report): ValueNode | undefined {
  if (typeof input === "string") return toText(input, path, report);
  if (typeof input === "number") return toNumber(input, path, report);
  if (input instanceof Date) return toDateTime(fromDate(input), path, report);
  if (isAbsent(input)) return report(path, `is null: ${lackSentence(LACKS.nulls)}`);
  if (typeof input === "boolean") return report(path, `${input} is a boolean: ${lackSentence(LACKS.booleans)}`);
  const node = asRecord(input, path, report);
  if (!node) return undefined;
  if (node.kind === "raw") return normalizeRaw(node, path, report);
  if (node.kind === "column") {
    return report(path, `is a column: ${lackSentence(LACKS.twoColumns)}`);
  }
  onlyKeys(node, ["kind", "value"], path, report);
  const value = node.value;
  switch (node.kind) {
    case "text":
      return typeof value === "string"
        ? toText(value, path, report)
        : report(`${path}.value`, `${quoted(value)} is not text`);
    case "number":
      if (value === UNKNOWN) return numberNode(UNKNOWN as unknown as number);
      return typeof value === "number"
        ? toNumber(value, path, report)
        : report(`${path}.value`, `${quoted(value)} is not a number`);
    case "datetime":
      if (value === UNKNOWN) return datetimeNode(UNKNOWN);
      if (typeof value !== "string") return report(`${path}.value`, `${quoted(value)} is not the text of a date`);
      return toDateTime(parseDateTime(value), path, report);
    default:
      return report(path, `${quoted(input)} is not a value; give a text, a number, datetime(…) or raw(…)`);
  }
}

/** Brings raw JSON into its canonical form: keys sorted, `exprType` first. */
export function normalizeRaw(input: unknown, path: string, report: Report): RawNode | undefined {
  const node = input as Record<string, unknown>;
  onlyKeys(node, ["kind", "json"], path, report);
  if (node.json !== UNKNOWN && (typeof node.json !== "object" || node.json === null)) {
    return report(
      `${path}.json`,
      `${quoted(node.json)} is not a JSON object; give what Domo should receive, such as {"exprType": …}`,
    );
  }
  const json = sortedJson(node.json, `${path}.json`, report);
  return json === undefined ? undefined : rawNode(json);
}

/** Reads a text that can be sent, stored and shown: no NUL and no half of a surrogate pair. */
export function readText(input: unknown, path: string, report: Report): string | undefined {
  if (typeof input !== "string") return report(path, `${quoted(input)} is not text`);
  if (input.includes("\0"))
    return report(path, `${quoted(input)} has a NUL character, which no exported text can hold; remove it`);
  if (!isWellFormed(input))
    return report(path, `${quoted(input)} has half of a surrogate pair and so is not valid text; remove it`);
  return input;
}

/** Reads true or false. What is not known yet stays so, and nothing else stands for one of the two. */
export function readFlag(input: unknown, path: string, report: Report): boolean | undefined {
  if (typeof input === "boolean" || input === UNKNOWN) return input as boolean;
  return report(
    path,
    isAbsent(input) ? "is missing; give true or false" : `${quoted(input)} is neither true nor false`,
  );
}

/** Tells whether nothing was given. */
export function isAbsent(input: unknown): input is undefined | null {
  return input === undefined || input === null;
}

/** An object that is not a list, or a fault. */
export function asRecord(input: unknown, path: string, report: Report): Record<string, unknown> | undefined {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  return report(path, `${quoted(input)} is not an object`);
}

/** Reports each key that a node does not have. */
export function onlyKeys(
  node: Record<string, unknown>,
  allowed: readonly string[],
  path: string,
  report: Report,
): void {
  for (const key of Object.keys(node)) {
    if (!allowed.includes(key) && node[key] !== undefined)
      report(`${path}.${key}`, `is not part of a ${String(node.kind)}; remove it`);
  }
}

function toText(input: string, path: string, report: Report): ValueNode | undefined {
  const value = readText(input, path, report);
  if (value === undefined) return undefined;
  return isDateTime(value) ? datetimeNode(value) : textNode(value);
}

function toNumber(value: number, path: string, report: Report): ValueNode | undefined {
  if (!Number.isFinite(value)) return report(path, `${value} is not a number that can be compared; give a finite one`);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    return report(
      path,
      `${value} is beyond 2^53 - 1, where JSON numbers are no longer exact; give a smaller bound, or use raw(…) if the rounding is meant`,
    );
  }
  return numberNode(value + 0);
}

function toDateTime(parsed: ReturnType<typeof parseDateTime>, path: string, report: Report): ValueNode | undefined {
  return parsed.ok ? datetimeNode(parsed.value) : report(path, parsed.reason);
}

const DEEPEST_JSON = 100;

function sortedJson(value: unknown, path: string, report: Report, depth = 0): unknown {
  if (depth > DEEPEST_JSON)
    return report(path, `is nested more than ${DEEPEST_JSON} deep; give JSON with fewer levels`);
  if (typeof value === "string") return readText(value, path, report);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number")
    return Number.isFinite(value) ? value + 0 : report(path, `${value} can't be written as JSON`);
  if (Array.isArray(value))
    return Object.freeze(value.map((item, index) => sortedJson(item, `${path}[${index}]`, report, depth + 1)));
  if (typeof value !== "object") return report(path, `${typeof value} can't be written as JSON`);
  const rank = (key: string) => (key === "exprType" ? 0 : 1);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([key, item]) => [key, sortedJson(item, `${path}.${key}`, report, depth + 1)] as const);
  return Object.freeze(Object.fromEntries(entries));
}

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
