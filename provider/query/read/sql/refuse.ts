import type { Token } from "./scan";

/** A construct that Domo's query language does not have, where it stands and what to do instead. */
export interface Refusal {
  offset: number;
  reason: string;
}

const WORDS: Record<string, string> = {
  OR: "has no OR; over one column write IN (…), otherwise give two exports",
  LIKE: "has no LIKE; list the values with IN (…), or filter after the export",
  ILIKE: "has no ILIKE; list the values with IN (…), or filter after the export",
  SIMILAR: "has no SIMILAR TO; list the values with IN (…), or filter after the export",
  IS: "has no tests for nulls; filter them after the export",
  NULL: "has no tests for nulls; filter them after the export",
  ISNULL: "has no tests for nulls; filter them after the export",
  NOTNULL: "has no tests for nulls; filter them after the export",
  TRUE: "has no booleans; write the text or number that the column holds",
  FALSE: "has no booleans; write the text or number that the column holds",
  NOT: "negates IN and = only; write NOT IN (…) or <>",
  DISTINCT: "has no SELECT DISTINCT; write GROUP BY with the same columns",
  HAVING: "has no HAVING; filter the groups after the export",
  JOIN: "reads one dataset; join them in a DataFlow in Domo and export its result",
  UNION: "has no UNION; give two exports",
  INTERSECT: "has no INTERSECT; give two exports",
  EXCEPT: "has no EXCEPT; give two exports",
  WITH: "has no WITH; write one SELECT",
  CASE: "has no CASE; make the column in Domo (a Beast Mode or a DataFlow)",
  CAST: "has no CAST; the export keeps the column's type",
  AS: "has no aliases; the export keeps the columns' names",
  EXISTS: "has no sub-queries; write one SELECT",
  ALL: "has no ALL; leave it out",
  ANY: "has no ANY; write IN (…)",
  SOME: "has no SOME; write IN (…)",
  OVER: "has no window functions; compute them in Domo or after the export",
  WINDOW: "has no window functions; compute them in Domo or after the export",
  FILTER: "has no FILTER; put the predicate into WHERE",
  NULLS: "can't place nulls; leave NULLS FIRST and NULLS LAST out",
  INTERVAL: "has no intervals; write the date itself",
  FETCH: "has no FETCH; write LIMIT",
  COLLATE: "has no COLLATE; leave it out",
  INTO: "has no INTO; the resource says where the export goes",
};
const SYMBOLS: Record<string, string> = {
  "::": "has no casts; the export keeps the column's type",
  "*": "has no SELECT * and no arithmetic; name the columns",
  "+": "has no arithmetic; write the value itself",
  "/": "has no arithmetic; write the value itself",
  "%": "has no arithmetic; write the value itself",
  "~": "has no pattern matching; list the values with IN (…), or filter after the export",
  "?": "has no parameters; write the value itself",
  ":": "has no parameters; write the value itself",
  "@": "has no parameters; write the value itself",
};
/** Words after which a parenthesis is no call of a function. */
const BEFORE_PARENTHESIS = [
  "FROM",
  "IN",
  "AND",
  "WHERE",
  "BETWEEN",
  "SELECT",
  "BY",
  "COUNT",
  "RAW",
  "CHR",
  "DATASET",
  "DISTINCT",
];
const CLAUSES = ["SELECT", "FROM", "WHERE", "LIMIT", "OFFSET"];
const JOINS = ["JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL"];
const language = "Domo's query language";
const aliases = `${language} has no aliases; remove it, or if it belongs to a name with blanks, quote the whole name: "Order ID"`;

/** The first construct in the text that Domo's query language does not have. */
export function firstRefusal(tokens: readonly Token[]): Refusal | undefined {
  if (tokens.length === 0) return { offset: 0, reason: "the text is empty; write SELECT … FROM dataset" };
  if (upper(tokens[0]) !== "SELECT" && upper(tokens[0]) !== "WITH") {
    return { offset: tokens[0]!.offset, reason: `a query starts with SELECT, not with ${tokens[0]!.value}` };
  }
  const offsetFirst = tokens.find(
    (token, index) => upper(token) === "OFFSET" && tokens.slice(index).some((later) => upper(later) === "LIMIT"),
  );
  for (const [index, token] of tokens.entries()) {
    const reason = refusalOf(token, tokens, index);
    if (reason) return { offset: token.offset, reason };
  }
  if (offsetFirst) return { offset: offsetFirst.offset, reason: "OFFSET stands after LIMIT: LIMIT 100 OFFSET 20" };
  return undefined;
}

function refusalOf(token: Token, tokens: readonly Token[], index: number): string | undefined {
  const [beforeLast, previous, next] = [tokens[index - 2], tokens[index - 1], tokens[index + 1]];
  if (upper(previous) === "FROM") return tableRefusal(token);
  if (upper(beforeLast) === "FROM" && token.value !== ";") return afterTableRefusal(token);
  const clause = clauseOf(tokens, index);
  switch (token.kind) {
    case "symbol":
      return symbolRefusal(token, { beforeLast, previous, next, clause });
    case "number":
      return clause.endsWith("BY") && startsItem(previous)
        ? `${clause} takes columns by name, not by number`
        : undefined;
    case "text":
      return clause === "SELECT" && startsItem(previous)
        ? "Domo's query language exports columns and counts, not constants"
        : undefined;
    case "name":
      return isAlias(previous, clause) ? aliases : undefined;
    case "word":
      return isAlias(previous, clause) && !isKnown(token)
        ? aliases
        : wordRefusal(token, { beforeLast, previous, next, clause });
  }
}

interface Around {
  beforeLast: Token | undefined;
  previous: Token | undefined;
  next: Token | undefined;
  clause: string;
}

function wordRefusal(token: Token, { beforeLast, previous, next }: Around): string | undefined {
  const word = upper(token);
  if (word === "NOT" && upper(next) === "IN") return undefined;
  if (word === "NOT" && upper(next) === "BETWEEN")
    return `${language} has no NOT BETWEEN; write < or >, whichever is meant`;
  if (word === "DISTINCT" && previous?.value === "(" && upper(beforeLast) === "COUNT") return undefined;
  if (Object.hasOwn(WORDS, word)) return `${language} ${WORDS[word]}`;
  if (isOpening(next) && !BEFORE_PARENTHESIS.includes(word)) {
    return `${language} has no function ${word}, only COUNT; compute it in Domo or after the export`;
  }
  return undefined;
}

function symbolRefusal(token: Token, { beforeLast, previous, next, clause }: Around): string | undefined {
  const isUnary = !previous || (previous.kind === "symbol" && previous.value !== ")") || isKeyword(previous);
  switch (token.value) {
    case ";":
      return next ? "one query is one SELECT; remove what follows the semicolon" : undefined;
    case "(":
      return upper(next) === "SELECT" ? `${language} ${WORDS.EXISTS}` : undefined;
    case ")":
      return isOpening(previous) && upper(beforeLast) === "IN"
        ? "the list is empty, so that nothing could match; give a value"
        : undefined;
    case "*":
      return isOpening(previous)
        ? 'COUNT(*) is not known; write COUNT("…") of a column that is never null'
        : `${language} ${SYMBOLS["*"]}`;
    case "-":
      return isUnary ? undefined : `${language} ${SYMBOLS["+"]}`;
    case "+":
      return isUnary ? undefined : `${language} ${SYMBOLS["+"]}`;
    case ",":
      return clause === "LIMIT" ? "LIMIT and OFFSET take a number each: LIMIT 100 OFFSET 20" : undefined;
    default:
      return Object.hasOwn(SYMBOLS, token.value) ? `${language} ${SYMBOLS[token.value]}` : undefined;
  }
}

function tableRefusal(token: Token): string | undefined {
  if (isOpening(token)) return `${language} ${WORDS.EXISTS}`;
  if (token.value.toLowerCase() === "dataset" && token.kind !== "text") return undefined;
  return `the table is called dataset here, not ${token.value}; the argument dataset says which it is`;
}

function afterTableRefusal(token: Token): string | undefined {
  const word = upper(token);
  if (["WHERE", "GROUP", "ORDER", "LIMIT", "OFFSET"].includes(word)) return undefined;
  if (token.value === "," || JOINS.includes(word)) return `${language} ${WORDS.JOIN}`;
  if (Object.hasOwn(WORDS, word)) return `${language} ${WORDS[word]}`;
  return `${token.value} is not known after dataset; aliases are not, and the next clause is WHERE, GROUP BY, ORDER BY or LIMIT`;
}

/** The clause in which a token stands. */
function clauseOf(tokens: readonly Token[], index: number): string {
  for (let i = index; i >= 0; i--) {
    const word = upper(tokens[i]);
    if (word === "GROUP" || word === "ORDER") return `${word} BY`;
    if (CLAUSES.includes(word)) return word;
  }
  return "";
}

function startsItem(previous: Token | undefined): boolean {
  return previous?.value === "," || ["BY", "SELECT"].includes(upper(previous));
}

/** A name right after a finished column in the list of columns. */
function isAlias(previous: Token | undefined, clause: string): boolean {
  if (clause !== "SELECT" || !previous) return false;
  return previous.kind === "name" || previous.value === ")" || (previous.kind === "word" && !isKnown(previous));
}

function isKnown(token: Token): boolean {
  return Object.hasOwn(WORDS, upper(token)) || [...CLAUSES, "FROM", "GROUP", "ORDER"].includes(upper(token));
}

function isOpening(token: Token | undefined): boolean {
  return token?.kind === "symbol" && token.value === "(";
}

function isKeyword(token: Token): boolean {
  return ["BETWEEN", "AND", "LIMIT", "OFFSET", "IN"].includes(upper(token));
}

function upper(token: Token | undefined): string {
  return token?.kind === "word" ? token.value.toUpperCase() : "";
}
