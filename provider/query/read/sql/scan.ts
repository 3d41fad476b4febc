import { visible } from "../../literal";
import { SqlFault } from "./sql-fault";

/** A piece of SQL text with its place in it. */
export interface Token {
  readonly kind: "word" | "name" | "text" | "number" | "symbol" | "end";
  /** As written; of a name or a text, what it says. */
  readonly value: string;
  /** A word in capitals or a symbol, to be compared with; empty for the rest, so that a quoted word is never a keyword. */
  readonly key: string;
  readonly offset: number;
}

const PIECE =
  /(?<blank>\s+|--[^\n\r]*)|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[\p{L}_][\p{L}\p{M}\p{N}_]*)|(?<symbol><>|<=|>=|==|!=|\|\||&&|::|.)/suy;
const WORD_AFTER_NUMBER = /[\p{L}\p{M}\p{N}_]+/uy;

/** Cuts SQL text into tokens; the last one is of the kind `end` and stands where the text ends. */
export function scanSql(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  let end = 0;
  const add = (token: Token, length: number) => {
    tokens.push(token);
    offset = end = offset + length;
  };
  while (offset < text.length) {
    const char = text[offset]!;
    if (char === "'" || char === '"') {
      refusePrefix(tokens.at(-1), char, offset);
      const { value, length } = readQuoted(text, offset);
      add({ kind: char === "'" ? "text" : "name", value, key: "", offset }, length);
    } else if (text.startsWith("/*", offset)) {
      offset = endOfComment(text, offset);
    } else {
      const { blank, number, word, symbol } = pieceAt(text, offset);
      if (blank !== undefined) offset += blank.length;
      else if (number !== undefined) {
        refuseWordAfter(text, offset, number);
        add({ kind: "number", value: number, key: "", offset }, number.length);
      } else if (word !== undefined) add({ kind: "word", value: word, key: keyOf(word), offset }, word.length);
      else {
        refuseSymbol(symbol!, offset);
        add({ kind: "symbol", value: symbol!, key: symbol!, offset }, symbol!.length);
      }
    }
  }
  return [...tokens, { kind: "end", value: "", key: "", offset: end }];
}

function pieceAt(text: string, offset: number): Record<string, string | undefined> {
  PIECE.lastIndex = offset;
  return PIECE.exec(text)!.groups!;
}

/** Only ASCII has capitals here: of other letters, some would become a keyword's (`ın` would be `IN`). */
function keyOf(word: string): string {
  return /^[A-Za-z_]+$/.test(word) ? word.toUpperCase() : word;
}

function readQuoted(text: string, start: number): { value: string; length: number } {
  const quote = text[start]!;
  for (let from = start + 1; ;) {
    const close = text.indexOf(quote, from);
    if (close < 0) {
      throw new SqlFault(start, `this ${quote} is never closed; a ${quote} inside is written twice: ${quote}${quote}`);
    }
    if (text[close + 1] === quote) from = close + 2;
    else {
      const value = text.slice(start + 1, close).replaceAll(quote + quote, quote);
      return { value, length: close + 1 - start };
    }
  }
}

/** Comments nest, as in PostgreSQL and DuckDB. */
function endOfComment(text: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  throw new SqlFault(start, "this comment is never closed; end it with */");
}

function refusePrefix(last: Token | undefined, quote: string, offset: number): void {
  if (quote !== "'" || last?.kind !== "word" || last.offset + last.value.length !== offset) return;
  if (!/^(?:[EBXN]|U)$/i.test(last.value)) return;
  throw new SqlFault(
    last.offset,
    `a text with the prefix ${last.value} is not known; write it in '…', a special character as 'a' || chr(10) || 'b'`,
  );
}

function refuseWordAfter(text: string, offset: number, number: string): void {
  WORD_AFTER_NUMBER.lastIndex = offset + number.length;
  const rest = WORD_AFTER_NUMBER.exec(text)?.[0];
  if (rest === undefined) return;
  const whole = number + rest;
  throw new SqlFault(
    offset,
    `${whole} is neither a number nor a name; quote a name that starts with a digit: "${whole}"`,
  );
}

function refuseSymbol(symbol: string, offset: number): void {
  if (symbol === "`") throw new SqlFault(offset, 'names are quoted with ", not with `');
  if (symbol === "\0") throw new SqlFault(offset, "a NUL character can't be part of a query; remove it");
  if (symbol === "\\") throw new SqlFault(offset, "a backslash means nothing outside of quotes; remove it");
  if (visible(symbol) !== symbol)
    throw new SqlFault(offset, `an invisible character (${visible(symbol)}) can't stand here; remove it`);
}
