import type { ColumnNode, CountNode, RawNode, ValueNode } from "../../ast";
import { LACKS } from "../../lacks";
import { columnNode, countNode, datetimeNode, numberNode, rawNode, textNode } from "../../nodes";
import { type Cursor, isReserved, shown, unexpected, unexpectedName } from "./cursor";
import type { Token } from "./scan";
import { lackFault, SqlFault } from "./sql-fault";

/** What stands on either side of a comparison: a column, a count, a value or `RAW('…')`. */
export type Part = ColumnNode | CountNode | ValueNode;

/** Reads a column, a count, a value or `RAW('…')`. `expected` names it in a fault. */
export function readPart(cursor: Cursor, expected: string): Part {
  const start = cursor.token;
  return readJoined(cursor, { part: readOne(cursor, expected), start });
}

function readOne(cursor: Cursor, expected: string): Part {
  const { token, next } = cursor;
  if (cursor.accept("(")) {
    if (cursor.token.key === "SELECT") throw lackFault(token.offset, LACKS.subqueries);
    return cursor.inside(() => readPart(cursor, expected));
  }
  if (next.key === "(" && token.kind === "word") {
    if (token.key === "COUNT") return cursor.mark(readCount(cursor), token);
    if (token.key === "RAW") return cursor.mark(readRaw(cursor), token);
    if (token.key === "CHR") return cursor.mark(readChr(cursor), token);
    throw unexpected(cursor, expected);
  }
  if (next.kind === "text" && (token.key === "DATE" || token.key === "TIMESTAMP")) {
    cursor.take();
    return cursor.mark(datetimeNode(cursor.take().value), token);
  }
  if (token.kind === "text") return cursor.mark(textNode(cursor.take().value), token);
  if (token.kind === "number") return cursor.mark(numberNode(readNumber(cursor)), token);
  if (token.key === "-" || token.key === "+") return cursor.mark(numberNode(readSigned(cursor)), token);
  return readColumn(cursor, expected);
}

/** Reads `Region`, `"Order ID"`, `dataset."Order ID"` or `dataset['a' || chr(10)]`. */
function readColumn(cursor: Cursor, expected: string): ColumnNode {
  const { token, next } = cursor;
  const isName = token.kind === "name" || (token.kind === "word" && !isReserved(token));
  if (!isName) throw unexpectedName(cursor, expected);
  if (next.key === "(") throw unexpected(cursor, expected);
  cursor.take();
  if (next.key === "[" && isDataset(token)) {
    cursor.take();
    const name = readText(cursor, "a column's name as a text");
    if (!cursor.accept("]")) throw unexpected(cursor, 'a "]"');
    return cursor.mark(columnNode(name), token);
  }
  if (!cursor.accept(".")) return cursor.mark(columnNode(token.value), token);
  if (!isDataset(token))
    throw new SqlFault(token.offset, `the table is called dataset, not ${shown(token)}; write the column's name alone`);
  const name = cursor.token;
  if (name.key === "*") throw lackFault(name.offset, LACKS.allColumns);
  if (name.kind !== "name" && name.kind !== "word") throw unexpected(cursor, "a column's name");
  cursor.take();
  return cursor.mark(columnNode(name.value), token);
}

/** Tells whether a token names the one table that there is. */
export function isDataset(token: Token): boolean {
  return (token.kind === "word" || token.kind === "name") && token.value.toLowerCase() === "dataset";
}

function readCount(cursor: Cursor): CountNode {
  cursor.accept("COUNT", "(");
  return cursor.inside(() => {
    if (cursor.token.key === "*") throw lackFault(cursor.token.offset, LACKS.countAll);
    const distinct = cursor.accept("DISTINCT");
    const start = cursor.token;
    const column = readPart(cursor, "a column's name");
    if (column.kind !== "column") throw new SqlFault(start.offset, 'COUNT takes a column; write COUNT("Order ID")');
    return countNode(column, distinct);
  });
}

function readRaw(cursor: Cursor): RawNode {
  const { offset } = cursor.token;
  cursor.accept("RAW", "(");
  const json = cursor.inside(() => readText(cursor, "Domo's JSON as a text"));
  return rawNode(parseJson(json, offset));
}

function parseJson(json: string, offset: number): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new SqlFault(offset, "RAW('…') does not hold JSON; write the object that Domo should receive");
  }
}

function readChr(cursor: Cursor): ValueNode {
  cursor.accept("CHR", "(");
  const { kind, value, offset } = cursor.token;
  const code = kind === "number" ? Number(value) : NaN;
  if (!Number.isInteger(code) || code > 0x10ffff)
    throw new SqlFault(offset, "chr takes the number of a Unicode character, such as chr(10)");
  cursor.take();
  return cursor.inside(() => textNode(String.fromCodePoint(code)));
}

/** Reads the rest of `'a' || chr(10) || 'b'`, if there is one. */
export function readJoined(cursor: Cursor, { part, start }: { part: Part; start: Token }): Part {
  if (cursor.token.key !== "||") return part;
  let joined = textOf(part, start, "a text");
  while (cursor.accept("||")) {
    const { token } = cursor;
    joined += textOf(readOne(cursor, "a text"), token, "a text");
  }
  return cursor.mark(textNode(joined), start);
}

function readText(cursor: Cursor, expected: string): string {
  const { token } = cursor;
  return textOf(readPart(cursor, expected), token, expected);
}

function textOf(part: Part, token: Token, expected: string): string {
  if (part.kind === "text") return part.value;
  if (part.kind === "column" && expected === "a text") throw lackFault(token.offset, LACKS.arithmetic);
  throw new SqlFault(token.offset, `${shown(token)} stands where ${expected} ('…' or chr(…)) is expected`);
}

function readSigned(cursor: Cursor): number {
  const sign = cursor.take().key === "-" ? -1 : 1;
  if (cursor.token.kind !== "number") throw lackFault(cursor.token.offset, LACKS.arithmetic);
  return sign * readNumber(cursor);
}

function readNumber(cursor: Cursor): number {
  const { value, offset } = cursor.take();
  const number = Number(value);
  if (number > Number.MAX_SAFE_INTEGER) {
    throw new SqlFault(
      offset,
      `${value} is beyond 2^53 - 1, where JSON numbers are no longer exact; give a smaller bound`,
    );
  }
  return number;
}
