import { LACKS, lackOfSql, type Lack } from "../../lacks";
import { quoted } from "../../literal";
import type { Token } from "./scan";
import { lackFault, SqlFault } from "./sql-fault";

/** A place among the tokens that moves forward. */
export interface Cursor {
  /** The token that is read next. */
  readonly token: Token;
  /** The one after it. */
  readonly next: Token;
  /** Moves on and returns the token that was passed. */
  take(): Token;
  /** Takes these words or symbols if all of them come next. */
  accept(...keys: string[]): boolean;
  /** Reads between parentheses that are open already; `(` nested too deep is a fault. */
  inside<T>(read: () => T): T;
  /** Notes where a node begins, and returns it. */
  mark<Node>(node: Node, token: Token): Node;
}

const DEEPEST = 100;
const CLAUSE_WORDS = ["SELECT", "FROM", "WHERE", "GROUP", "ORDER", "BY", "LIMIT", "OFFSET"];
/** Words that can't be a column's name without quotes, in addition to those that ask for what Domo lacks. */
const RESERVED = new Set([...CLAUSE_WORDS, "AND", "IN", "BETWEEN", "ASC", "DESC"]);
/** Words that ask for what Domo lacks only in their place, and are a column's name everywhere else. */
const SOFT = new Set(["TOP", "CROSS", "NATURAL", "LATERAL", "MINUS", "QUALIFY", "XOR", "GLOB", "REGEXP", "RLIKE"]);
/** What these words begin in a name's place, nobody means as a name. */
const CONSTRUCTS = new Set(
  ["SELECT", "NOT", "NULL", "TRUE", "FALSE", "DISTINCT", "ALL", "ANY", "SOME", "EXISTS", "INTERVAL", "WITH"].concat(
    ["CASE", "CAST", "TRY_CAST"],
    LACKS.now.sql,
  ),
);

/** @param places Where each node begins that the readers mark. */
export function cursorOver(tokens: readonly Token[], places: Map<unknown, number>): Cursor {
  let index = 0;
  let depth = 0;
  const at = (place: number) => tokens[Math.min(place, tokens.length - 1)]!;
  const cursor: Cursor = {
    get token() {
      return at(index);
    },
    get next() {
      return at(index + 1);
    },
    take: () => at(index++),
    accept(...keys) {
      if (!keys.every((key, step) => at(index + step).key === key)) return false;
      index += keys.length;
      return true;
    },
    inside(read) {
      const open = at(index - 1).offset;
      if (++depth > DEEPEST) throw new SqlFault(open, `more than ${DEEPEST} parentheses are open here; write fewer`);
      const result = read();
      if (!cursor.accept(")")) throw unexpected(cursor, 'a ")"');
      depth--;
      return result;
    },
    mark(node, { offset }) {
      places.set(node, offset);
      return node;
    },
  };
  return cursor;
}

/** Tells whether a word can't be a name without quotes. */
export function isReserved(token: Token): boolean {
  if (token.kind !== "word" || SOFT.has(token.key)) return false;
  return RESERVED.has(token.key) || lackOfSql(token.key) !== undefined;
}

/** The fault of the next token, which can't stand there: what it asks for and Domo lacks, or else what is expected. */
export function unexpected(cursor: Cursor, expected: string): SqlFault {
  const { token, next } = cursor;
  const lack = lackAt(token, next);
  if (lack) return lackFault(token.offset, lack);
  if (token.kind === "end") return new SqlFault(token.offset, `the text ends where ${expected} is expected`);
  return new SqlFault(token.offset, `${shown(token)} stands where ${expected} is expected${hintFor(token)}`);
}

/** As `unexpected`, where a column's name would fit if it were quoted. */
export function unexpectedName(cursor: Cursor, expected: string): SqlFault {
  const { token, next } = cursor;
  const isName = isReserved(token) && !CONSTRUCTS.has(token.key) && token.key !== "FROM" && next.key !== "(";
  if (!isName) return unexpected(cursor, expected);
  const name = next.kind === "word" && !isReserved(next) ? `${token.value} ${next.value}` : token.value;
  return new SqlFault(
    token.offset,
    `${shown(token)} stands where ${expected} is expected; if it belongs to a column's name, quote the name: "${name}"`,
  );
}

function lackAt(token: Token, next: Token): Lack | undefined {
  if (token.key === "NOT" && next.key === "BETWEEN") return LACKS.notBetween;
  if (token.key === "NOT" && lackOfSql(next.key)) return lackOfSql(next.key);
  if (token.key === "SELECT" || (token.key === "(" && next.key === "SELECT")) return LACKS.subqueries;
  const lack = lackOfSql(token.key);
  if (lack) return lack;
  if ((token.kind === "word" || token.kind === "name") && next.key === "(" && !RESERVED.has(token.key))
    return functionLack(token.value);
  return undefined;
}

/** Some functions ask for the current date only. */
function functionLack(name: string): Lack {
  if (/^(?:now|today|getdate|curdate|sysdate)$/i.test(name)) return LACKS.now;
  return { ...LACKS.functions, name: `function ${quoted(name.toUpperCase()).slice(1, -1)}, only COUNT` };
}

const HINTS = new Map([
  ["==", "; equality is written ="],
  ["&&", "; write AND"],
  ["!", "; write <> or NOT IN (…)"],
  ["[", '; a name is quoted with ": "Order ID"'],
  [";", "; one query is one SELECT"],
]);

function hintFor(token: Token): string {
  return HINTS.get(token.key) ?? "";
}

/** A token in a message. What a text says stays out of it, as it may be a secret. */
export function shown(token: Token): string {
  switch (token.kind) {
    case "text":
      return "a text";
    case "end":
      return "the end";
    case "name":
      return quoted(token.value);
    default:
      return quoted(token.value).slice(1, -1);
  }
}
