import type { OperandNode } from "../../ast";
import { LACKS, lackOfSql } from "../../lacks";
import { orderNode } from "../../nodes";
import { type Cursor, isReserved, shown, unexpected } from "./cursor";
import { isDataset, type Part, readPart } from "./parts";
import { readPredicate } from "./predicate";
import { lackFault, SqlFault } from "./sql-fault";

const CLAUSES = ["WHERE", "GROUP BY", "ORDER BY", "LIMIT", "OFFSET"];
const CLAUSE_WORDS = CLAUSES.map((clause) => clause.split(" ")[0]!);

/** Reads the whole of a query. Nothing is guessed or skipped: what is not read is a fault. */
export function readSelect(cursor: Cursor) {
  readStart(cursor);
  const columns = readItems(cursor, () => readItem(cursor));
  readTable(cursor);
  const where = cursor.accept("WHERE") ? readPredicate(cursor) : undefined;
  const groupBy = cursor.accept("GROUP", "BY") ? readItems(cursor, () => readGroup(cursor)) : undefined;
  const orderBy = cursor.accept("ORDER", "BY") ? readItems(cursor, () => readOrder(cursor)) : undefined;
  const limit = readRows(cursor, "LIMIT");
  const offset = readRows(cursor, "OFFSET");
  readEnd(cursor, [where, groupBy, orderBy, limit, offset].findLastIndex((clause) => clause !== undefined) + 1);
  return { kind: "select" as const, columns, where, groupBy, orderBy, limit, offset };
}

function readStart(cursor: Cursor): void {
  const { token } = cursor;
  if (cursor.accept("SELECT")) return;
  if (token.kind === "end") throw new SqlFault(0, "the text is empty; write SELECT … FROM dataset");
  if (token.key === "WITH") throw unexpected(cursor, "SELECT");
  throw new SqlFault(token.offset, `a query starts with SELECT, not with ${shown(token)}`);
}

function readItems<Item>(cursor: Cursor, read: () => Item): readonly Item[] {
  const items = [read()];
  while (cursor.accept(",")) items.push(read());
  return items;
}

function readItem(cursor: Cursor) {
  const { token, next } = cursor;
  if (token.key === "*") throw lackFault(token.offset, LACKS.allColumns);
  if (token.key === "TOP" && next.kind === "number") throw lackFault(token.offset, LACKS.fetch);
  const part = readPart(cursor, "a column's name");
  if (part.kind === "column" || part.kind === "count" || part.kind === "raw") return part;
  throw lackFault(token.offset, LACKS.constants, NAMES);
}

const NAMES = '; if a column is meant, write its name in "…"';

function readTable(cursor: Cursor): void {
  const { token } = cursor;
  if (!cursor.accept("FROM")) {
    const isName = token.kind === "name" || (token.kind === "word" && !isReserved(token));
    if (isName && !lackOfSql(token.key))
      throw lackFault(token.offset, LACKS.aliases, '; a name with blanks is quoted: "Order ID"');
    throw unexpected(cursor, "a comma or FROM dataset");
  }
  const table = cursor.token;
  if (!isDataset(table)) {
    if (table.kind !== "word" && table.kind !== "name") throw unexpected(cursor, "the table's name, dataset,");
    throw new SqlFault(
      table.offset,
      `the table is called dataset here, not ${shown(table)}; the argument dataset says which it is`,
    );
  }
  cursor.take();
  if (cursor.token.key === ",") throw lackFault(cursor.token.offset, LACKS.joins);
}

function readGroup(cursor: Cursor): OperandNode {
  const { token } = cursor;
  const part = readPart(cursor, "a column's name");
  if (part.kind === "count")
    throw new SqlFault(token.offset, "GROUP BY takes columns, not counts; leave the count out");
  return asKey(part, token.offset);
}

function readOrder(cursor: Cursor) {
  const { token } = cursor;
  const part = readPart(cursor, "a column's name");
  if (part.kind === "count") throw lackFault(token.offset, LACKS.sortByCount);
  const by = asKey(part, token.offset);
  const isDescending = cursor.accept("DESC");
  if (!isDescending) cursor.accept("ASC");
  return cursor.mark(orderNode(by, isDescending ? "desc" : "asc"), token);
}

function asKey(part: Exclude<Part, { kind: "count" }>, offset: number): OperandNode {
  if (part.kind === "column" || part.kind === "raw") return part;
  if (part.kind === "number") throw lackFault(offset, LACKS.byNumber);
  throw new SqlFault(offset, `a column's name is expected here, not a text${NAMES}`);
}

function readRows(cursor: Cursor, clause: "LIMIT" | "OFFSET"): number | undefined {
  if (!cursor.accept(clause)) return undefined;
  const { token } = cursor;
  const rows = token.kind === "number" ? Number(cursor.take().value) : NaN;
  if (token.kind !== "number" || cursor.token.key === ",")
    throw new SqlFault(cursor.token.offset, "LIMIT and OFFSET take a plain number each: LIMIT 100 OFFSET 20");
  cursor.mark(clause.toLowerCase(), token);
  return rows;
}

/** @param clausesRead Up to which clause the query was read. */
function readEnd(cursor: Cursor, clausesRead: number): void {
  const { token, next } = cursor;
  if (cursor.accept(";")) {
    if (next.kind === "end") return;
    throw new SqlFault(token.offset, "one query is one SELECT; remove what follows the semicolon");
  }
  if (token.kind === "end") return;
  if (!CLAUSE_WORDS.includes(token.key)) throw unexpected(cursor, afterClause(clausesRead));
  if ((token.key === "GROUP" || token.key === "ORDER") && next.key !== "BY")
    throw new SqlFault(token.offset, `${token.key} stands without BY; write ${token.key} BY`);
  throw new SqlFault(
    token.offset,
    `${token.key} stands too late or twice; the order is ${CLAUSES.join(", ")}, each once`,
  );
}

function afterClause(clausesRead: number): string {
  const more = ["", "AND", "a comma", "a comma", "", ""][clausesRead]!;
  return [more, ...CLAUSES.slice(clausesRead)].filter((word) => word !== "").join(", ") + " or the end";
}
