import { type CheckFailure, failureText } from "../errors";

/** Members of a query's nodes that hold words of the query language: no secrets, and words of many messages. */
const VOCABULARY: ReadonlySet<string> = new Set(["kind", "exprType", "operator", "direction", "order"]);

/** Arguments whose few values stand in the docs: hiding one would garble every message that has the word. */
export const OPEN_CHOICES: ReadonlySet<string> = new Set([
  "verify",
  "countRows",
  "onNewData",
  "preflight",
  "onTimeout",
]);

/** The texts and numbers in a secret value, as messages write them. */
export function secretTextsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value), value.toLocaleString("en-US")];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    VOCABULARY.has(name) && typeof item === "string" ? [] : secretTextsIn(item),
  );
}

/** The texts of the arguments with these names. */
export function secretTextsOf(values: object, names: readonly string[]): string[] {
  const secret = Object.entries(values).filter(([name]) => names.includes(name) && !OPEN_CHOICES.has(name));
  return [...new Set(secret.flatMap(([, value]) => secretTextsIn(value)))];
}

/** The text with each secret of some length taken out. */
export function withoutSecrets(text: string, secretTexts: readonly string[] = []): string {
  return secretTexts
    .filter((secret) => secret.length > 2)
    .sort((a, b) => b.length - a.length)
    .reduce(withoutSecret, text);
}

/** A number is only hidden where it is not a part of another one. */
function withoutSecret(text: string, secret: string): string {
  if (!/^[\d.,]+$/.test(secret)) return text.replaceAll(secret, "[secret]");
  return text.replaceAll(new RegExp(`(?<![\\d.,])${secret.replaceAll(".", "\\.")}(?!\\d)`, "g"), "[secret]");
}

/** The failure without secrets: what is wrong with an argument that is one can't be said without quoting it. */
export function withoutSecretFault(
  { property, reason }: CheckFailure,
  { names, texts }: { names: ReadonlySet<string>; texts: readonly string[] },
): CheckFailure {
  if (names.has(/^\w+/.exec(property)?.[0] ?? ""))
    return {
      property,
      reason: "is a secret with a fault, which is not shown as it would quote it; try it with a plain value",
    };
  return { property, reason: withoutSecrets(reason, texts) };
}

/**
 * A failure that the engine prints well: `property bucket value {acme/x} has a problem: …`. The text does not say these two
 * again. For a path, a structure or what is missing the value would be `{<nil>}`, and an address for a secret: those are
 * named in the text alone.
 */
export function printable(
  { property, reason }: CheckFailure,
  { names, values }: { names: ReadonlySet<string>; values: Readonly<Record<string, unknown>> },
): CheckFailure {
  const value = values[property];
  return ["string", "number", "boolean"].includes(typeof value) && !names.has(property)
    ? { property, reason: withoutArgument({ property, reason }, value) }
    : { property: "", reason: failureText({ property, reason }) };
}

/** What is left of the text behind the name of the argument and its value in quotes, where it starts with them. */
function withoutArgument({ property, reason }: CheckFailure, value: unknown): string {
  if (reason.startsWith(`${property}: `)) return reason.slice(property.length + 2);
  const rest = reason.startsWith(`${property} "`) ? reason.slice(property.length + 1) : reason;
  const quoted = /^"([^"]*?)…?" /.exec(rest);
  return quoted && isClear(value) && value.includes(quoted[1]!) ? rest.slice(quoted[0].length) : reason;
}

/** Whether the engine's braces show what quotes would: not that `"10"` is no number, nor a space at an end. */
function isClear(value: unknown): value is string {
  if (typeof value !== "string" || /^(?:|true|false|[\d.]+)$/.test(value)) return false;
  return JSON.stringify(value.trim()) === `"${value}"`;
}
