import type { AnswerOptions } from "./answer-options";
import { escapeJson } from "./json-text";

type QuoteOptions = Pick<AnswerOptions, "quoteSecrets" | "quoteSignedUrl" | "quoteForm">;

/** What a message may quote. */
export interface Quotable {
  readonly secrets: readonly unknown[];
  readonly signedUrl: string;
}

/** A message with all that the options make it quote. */
export function withQuotes<T extends string | null>(
  message: T,
  { secrets, signedUrl }: Quotable,
  options: QuoteOptions,
): T | string {
  const quotes = [
    ...(options.quoteSecrets ? secrets.filter((secret) => typeof secret === "string") : []),
    ...(options.quoteSignedUrl ? [signedUrl] : []),
  ];
  if (quotes.length === 0) return message;
  return `${message ?? "Done"} [${quotes.map((quote) => inForm(quote, options.quoteForm)).join(" ")}]`;
}

function inForm(text: string, form: QuoteOptions["quoteForm"]): string {
  switch (form) {
    case "raw":
    case "escaped":
      return text;
    case "double-escaped":
      return escapeJson(JSON.stringify(text)).slice(1, -1);
    case "percent":
      return encodeURIComponent(text);
  }
}
