import type { AnswerOptions } from "./answer-options";

const escapes = new Map([
  ["/", "\\/"],
  ["=", "\\u003d"],
  ["&", "\\u0026"],
]);

/** An answer's JSON, with the escapes that `quoteForm` asks for. */
export function jsonText(value: unknown, { quoteForm }: Pick<AnswerOptions, "quoteForm">): string {
  const text = (JSON.stringify(value) as string | undefined) ?? "null";
  return quoteForm === "escaped" ? escapeJson(text) : text;
}

/** JSON with the escapes that some writers use though they need not; they can only stand in strings. */
export function escapeJson(json: string): string {
  return json.replace(/[/=&]/g, (sign) => escapes.get(sign) ?? sign);
}
