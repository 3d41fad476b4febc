/** Something that Domo's query language does not have. */
export interface Lack {
  /** Follows "Domo's query language has no …". */
  readonly name: string;
  /** What to do instead. */
  readonly instead: string;
  /** Words and symbols of SQL that ask for it. */
  readonly sql?: readonly string[];
  /** Each `exprType` by which one may look for it in Domo's JSON. */
  readonly json?: readonly string[];
}

const VIEW = "a DataSet View in Domo and export the view";

/** All of them: the messages for SQL and for JSON and the table in `docs/queries.md` are made of this. */
export const LACKS = {
  or: {
    name: "OR",
    instead: `write IN (…) for one column; otherwise give two exports, or filter in ${VIEW}`,
    sql: ["OR", "XOR"],
    json: ["OR"],
  },
  like: {
    name: "patterns (LIKE)",
    instead: `list the values with IN (…), or filter in ${VIEW}`,
    sql: ["LIKE", "ILIKE", "SIMILAR", "GLOB", "REGEXP", "RLIKE", "~"],
    json: ["LIKE", "CONTAINS", "STARTS_WITH", "ENDS_WITH"],
  },
  nulls: {
    name: "tests for null (IS NULL, = NULL)",
    instead: `filter after the export, or in ${VIEW}`,
    sql: ["IS", "NULL", "ISNULL", "NOTNULL"],
    json: ["IS_NULL", "IS_NOT_NULL", "NULL_VALUE"],
  },
  not: {
    name: "NOT (but NOT IN)",
    instead: "write NOT IN (…), <> or the opposite comparison",
    sql: ["NOT"],
  },
  notBetween: {
    name: "NOT BETWEEN",
    instead: "write < or >, whichever is meant; for both give two exports",
  },
  twoColumns: {
    name: "comparison of two columns",
    instead: `compare them in ${VIEW}`,
  },
  booleans: {
    name: "booleans",
    instead: "write the text or number that the column holds",
    sql: ["TRUE", "FALSE"],
    json: ["BOOLEAN_VALUE"],
  },
  functions: {
    name: "function but COUNT",
    instead: `compute the column in ${VIEW}`,
  },
  countAll: {
    name: "COUNT(*)",
    instead: 'count a column that is never null: COUNT("Order ID")',
  },
  arithmetic: {
    name: "calculations (+, -, joined texts)",
    instead: `write the value itself, or compute the column in ${VIEW}`,
    sql: ["+", "-", "*", "/", "%", "^", "INTERVAL"],
  },
  now: {
    name: "current date",
    instead: "write the date itself; the program can compute it",
    sql: ["CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"],
  },
  cases: {
    name: "CASE",
    instead: `make the column in ${VIEW}`,
    sql: ["CASE"],
    json: ["CASE", "IF"],
  },
  casts: {
    name: "casts",
    instead: "leave them out: the file has the columns' own types",
    sql: ["CAST", "TRY_CAST", "::"],
    json: ["CAST"],
  },
  windows: {
    name: "window functions",
    instead: `compute the column in ${VIEW}`,
    sql: ["OVER", "WINDOW", "QUALIFY"],
  },
  allColumns: {
    name: "SELECT *",
    instead: "list the columns, so that a new one does not leave Domo unseen",
  },
  aliases: {
    name: "aliases",
    instead: "leave them out: the file has the columns' own names",
    sql: ["AS"],
  },
  constants: {
    name: "constants among the columns",
    instead: "list columns and counts; add the constant after the export",
  },
  distinct: {
    name: "SELECT DISTINCT",
    instead: "write GROUP BY with the same columns",
    sql: ["DISTINCT"],
  },
  having: {
    name: "filter by a count (HAVING)",
    instead: `filter after the export, or in ${VIEW}`,
    sql: ["HAVING", "FILTER"],
  },
  sortByCount: {
    name: "sorting by a count",
    instead: "sort after the export",
  },
  byNumber: {
    name: "columns by number",
    instead: "write the column's name",
  },
  nullsOrder: {
    name: "NULLS FIRST or LAST",
    instead: "leave it out; Domo decides where nulls go",
    sql: ["NULLS"],
  },
  fetch: {
    name: "FETCH or TOP",
    instead: "write LIMIT 100",
    sql: ["FETCH", "TOP"],
  },
  joins: {
    name: "joins",
    instead: "join the datasets in a DataFlow in Domo and export its result",
    sql: ["JOIN", "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "CROSS", "NATURAL", "USING", "ON"],
  },
  subqueries: {
    name: "sub-queries",
    instead: `write one SELECT, or make the inner query ${VIEW}`,
    sql: ["WITH", "EXISTS", "LATERAL"],
  },
  unions: {
    name: "UNION",
    instead: "give two exports, or append the rows in a DataFlow in Domo and export its result",
    sql: ["UNION", "INTERSECT", "EXCEPT", "MINUS"],
  },
  quantifiers: {
    name: "ALL, ANY or SOME",
    instead: "leave ALL out; for ANY and SOME write IN (…)",
    sql: ["ALL", "ANY", "SOME"],
  },
  collations: {
    name: "COLLATE",
    instead: "leave it out",
    sql: ["COLLATE"],
  },
  parameters: {
    name: "parameters",
    instead: "write the value itself; the builder puts any value in safely",
    sql: ["?", ":", "@", "$"],
  },
} satisfies Record<string, Lack>;

const lacks: readonly Lack[] = Object.values(LACKS);
const bySql = new Map(lacks.flatMap((lack) => (lack.sql ?? []).map((word) => [word, lack] as const)));
const byJson = new Map(lacks.flatMap((lack) => (lack.json ?? []).map((type) => [type, lack] as const)));

/** What a word (in capitals) or a symbol of SQL asks for. */
export function lackOfSql(word: string): Lack | undefined {
  return bySql.get(word);
}

/** What an `exprType` of Domo's JSON asks for. */
export function lackOfJson(exprType: string): Lack | undefined {
  return byJson.get(exprType.toUpperCase());
}

/** The sentence for a reader: `Domo's query language has no OR; write …`. */
export function lackSentence({ name, instead }: Lack): string {
  return `Domo's query language has no ${name}; ${instead}`;
}
