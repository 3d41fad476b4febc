/** A piece of SQL text with its place in it. */
export interface Token {
  kind: "word" | "name" | "text" | "number" | "symbol";
  /** As written; of a name or a text, what it says. */
  value: string;
  offset: number;
}

/** SQL text cut into tokens. */
export interface Scan {
  tokens: Token[];
  /** The text with every quoted part replaced by one of the same length that any parser reads right, and comments blanked. */
  plain: string;
  /** What a replaced quoted part says. */
  original: (placeholder: string) => string;
}

/** Why SQL text can't be cut into tokens, and where. */
export interface ScanFault {
  offset: number;
  reason: string;
}

const PIECES =
  /(?<blank>\s+|--[^\n]*)|(?<comment>\/\*)|(?<name>"(?:[^"]|"")*")|(?<text>'(?:[^']|'')*')|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[\p{L}_][\p{L}\p{M}\p{N}_]*)|(?<symbol><>|<=|>=|!=|\|\||::|.)/suy;

/**
 * Cuts SQL text into tokens. Quoted parts are taken out here, before the parser sees the text, since quotes and
 * backslashes inside them are where parsers differ; the places of everything else stay as they were.
 */
export function scanSql(text: string): Scan | ScanFault {
  const tokens: Token[] = [];
  const standIns = placeholders();
  let plain = "";
  let offset = 0;
  while (offset < text.length) {
    PIECES.lastIndex = offset;
    const { 0: piece, groups = {} } = PIECES.exec(text)!;
    let length = piece.length;
    if (groups.comment !== undefined) {
      length = commentLength(text, offset);
      if (length < 0) return { offset, reason: "this comment is never closed; end it with */" };
      plain += blanks(text.slice(offset, offset + length));
    } else if (groups.blank !== undefined) {
      plain += blanks(piece);
    } else {
      const fault = quoteFault(piece, offset, tokens.at(-1));
      if (fault) return { offset, reason: fault };
      const kind = (["name", "text", "number", "word", "symbol"] as const).find((key) => groups[key] !== undefined)!;
      const quote = kind === "name" || kind === "text" ? piece[0]! : "";
      const value = quote ? piece.slice(1, -1).replaceAll(quote + quote, quote) : piece;
      tokens.push({ kind, value, offset });
      plain += quote ? quote + standIns.replace(value, piece.slice(1, -1)) + quote : piece;
    }
    offset += length;
  }
  for (const { offset, length, name } of rowLookups(tokens)) {
    const standIn = `"${standIns.replace(name, text.slice(offset + 1, offset + length - 1))}"`;
    plain = plain.slice(0, offset) + standIn + plain.slice(offset + length);
  }
  return { tokens, plain, original: standIns.original };
}

/**
 * Finds every `dataset['a' || chr(10)]`, which is how a name with unseen characters is rendered and which the parser
 * does not know, and makes one token of it.
 */
function rowLookups(tokens: Token[]): { offset: number; length: number; name: string }[] {
  const found: { offset: number; length: number; name: string }[] = [];
  for (let i = 0; i + 1 < tokens.length; i++) {
    const { kind, value, offset } = tokens[i]!;
    if (kind !== "word" || value.toLowerCase() !== "dataset" || tokens[i + 1]!.value !== "[") continue;
    let at = i + 2;
    let name = "";
    for (;;) {
      const part = constantAt(tokens, at);
      if (!part) break;
      name += part.text;
      at += part.length;
      if (tokens[at]?.value !== "||") break;
      at++;
    }
    const end = tokens[at];
    if (name === "" || end?.kind !== "symbol" || end.value !== "]") continue;
    found.push({ offset, length: end.offset + 1 - offset, name });
    tokens.splice(i, at + 1 - i, { kind: "name", value: name, offset });
  }
  return found;
}

function constantAt(tokens: readonly Token[], at: number): { text: string; length: number } | undefined {
  const [first, open, code, close] = tokens.slice(at, at + 4);
  if (first?.kind === "text") return { text: first.value, length: 1 };
  const isCall =
    first?.kind === "word" && first.value.toLowerCase() === "chr" && open?.value === "(" && close?.value === ")";
  if (!isCall || code?.kind !== "number" || !isCodePoint(Number(code.value))) return undefined;
  return { text: String.fromCodePoint(Number(code.value)), length: 4 };
}

/** Tells whether a number is one that `chr(…)` takes. */
export function isCodePoint(code: unknown): code is number {
  return Number.isInteger(code) && (code as number) >= 0 && (code as number) <= 0x10ffff;
}

/** The line and column, from 1, of a place in a text. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

function quoteFault(piece: string, offset: number, last: Token | undefined): string | undefined {
  if (piece === '"' || piece === "'")
    return `this ${piece} is never closed; a ${piece} inside is written twice: ${piece}${piece}`;
  if (piece === "`") return 'names are quoted with ", not with `';
  if (piece === "$") return "dollar quotes and parameters are not known; write a text in '…'";
  if (piece === "\0") return "a NUL character can't be part of a query; remove it";
  const isPrefix = last?.kind === "word" && last.offset + last.value.length === offset && /^[EBXN]$/i.test(last.value);
  if (!piece.startsWith("'") || !isPrefix) return undefined;
  return `a text with the prefix ${last.value} is not known; write it in '…', a special character as 'a' || chr(10) || 'b'`;
}

function blanks(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function commentLength(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const two = text.slice(i, i + 2);
    if (two === "/*") depth++;
    else if (two === "*/" && --depth === 0) return i + 2 - start;
    else continue;
    i++;
  }
  return -1;
}

/**
 * Stand-ins from Unicode's private use area, of the length of what they stand for: one character out of U+E000–EFFF for
 * a part of one, two out of U+F000–F8FF and blanks for a longer part.
 */
function placeholders(): {
  replace(value: string, written: string): string;
  original: (placeholder: string) => string;
} {
  const made = new Map<string, string>();
  const originals = new Map<string, string>();
  let singles = 0;
  return {
    replace(value, written) {
      if (/^[A-Za-z0-9]?$/.test(written)) return written;
      const known = made.get(written);
      if (known !== undefined) return known;
      const index = made.size;
      const key =
        written.length === 1
          ? String.fromCharCode(0xe000 + singles++)
          : String.fromCharCode(0xf000 + Math.floor(index / 0x900), 0xf000 + (index % 0x900));
      const placeholder = key + " ".repeat(written.length - key.length);
      made.set(written, placeholder);
      originals.set(placeholder, value);
      return placeholder;
    },
    original: (placeholder) => originals.get(placeholder) ?? placeholder,
  };
}
