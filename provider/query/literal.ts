import { UNKNOWN } from "../host/unknown";

/**
 * Characters that a reader of the SQL would not see, or that would show the text in another order or on another line:
 * controls, line separators and format characters. Both joiners stay, since emoji and Persian need them.
 */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Stands where a preview does not know yet what will stand there. It looks like no literal and no name. */
export const NOT_KNOWN = "⟨not known yet⟩";

/**
 * A text as an SQL literal that stays on its line: `'O''Brien'`. An unseen character is spelled out:
 * `('a' || chr(10) || 'b')`.
 */
export function textLiteral(text: string): string {
  if (!hasUnseen(text)) return quoteWith("'", text);
  return `(${concatenation(text)})`;
}

/**
 * A column name as SQL: `"Order ID"`. A name with unseen characters cannot be quoted visibly, so it is looked up in the
 * row instead, which DuckDB understands: `dataset['a' || chr(10) || 'b']`.
 */
export function nameLiteral(name: string): string {
  if (!hasUnseen(name)) return quoteWith('"', name);
  return `dataset[${concatenation(name)}]`;
}

/**
 * A number as SQL. Decimal text is kept to what a database turns into the same double; anything longer gets an
 * exponent, which makes it a double from the start.
 */
export function numberLiteral(value: number): string {
  const text = String(value);
  const decimals = text.split(".")[1];
  if (decimals === undefined || text.includes("e")) return text;
  const digits = text.replace(/[-.]/g, "").replace(/^0+/, "").length;
  return digits <= 15 && decimals.length <= 15 ? text : value.toExponential();
}

/** JSON on one line with every unseen character as `\uXXXX`; the keys are in the order of the value. */
export function jsonText(value: unknown): string {
  return visible(JSON.stringify(value));
}

/** A text with every unseen character as `\uXXXX`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (char) =>
    Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** A value for a message: as JSON, unseen characters spelled out, cut to a readable length. */
export function quoted(value: unknown): string {
  if (value === UNKNOWN) return NOT_KNOWN;
  // JSON knows neither NaN nor what is not there at all.
  const text = value === undefined || typeof value === "number" ? String(value) : jsonText(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function hasUnseen(text: string): boolean {
  return text.search(UNSEEN) !== -1;
}

function quoteWith(quote: string, text: string): string {
  return quote + text.replaceAll(quote, quote + quote) + quote;
}

function concatenation(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: char, index } of text.matchAll(UNSEEN)) {
    if (index > from) parts.push(quoteWith("'", text.slice(from, index)));
    parts.push(`chr(${char.codePointAt(0)})`);
    from = index + char.length;
  }
  if (from < text.length) parts.push(quoteWith("'", text.slice(from)));
  return parts.join(" || ");
}
