import { collectFaults } from "../provider/query/fault";
import { normalizeSelect } from "../provider/query/read/canonical-tree";
import { parseSql } from "../provider/query/read/sql/parse";
import { knownObject, knownText, plainProps } from "./plain";

/**
 * The inputs of an export as plain data, with its query as a tree. A query that is known in full arrives without one: the
 * engine hands no policy pack a key that begins with two underscores. It is read from the SQL, which says all of it; a query
 * that can't be read has no columns, and the rules refuse it.
 */
export function exportInputs(props: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const inputs = plainProps(props);
  const sql = knownText(inputs.sql);
  if (sql === undefined || knownObject(inputs.query).kind === "select") return inputs;
  const { faults, report } = collectFaults();
  const query = normalizeSelect(parseSql(sql, report)?.tree, report);
  return query && faults.length === 0 ? { ...inputs, query } : inputs;
}
