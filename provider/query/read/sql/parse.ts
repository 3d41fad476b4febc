import { Parser } from "node-sql-parser/build/postgresql";
import type { Report } from "../../fault";
import { firstRefusal } from "./refuse";
import { placeOf, scanSql } from "./scan";
import { SqlRefused, toTree } from "./tree";

const FORM = "the form is SELECT … FROM dataset [WHERE …] [GROUP BY …] [ORDER BY …] [LIMIT n [OFFSET n]]";

/**
 * Reads SQL text into a loose tree for `normalizeQuery`. Everything that Domo's query language does not have is reported
 * with line and column; nothing is guessed.
 */
export function parseSql(text: string, report: Report): unknown {
  const refuse = (offset: number, reason: string) => report("query", `${placeOf(text, offset)}: ${reason}`);
  const scan = scanSql(text);
  if (!("tokens" in scan)) return refuse(scan.offset, scan.reason);
  const refusal = firstRefusal(scan.tokens);
  if (refusal) return refuse(refusal.offset, refusal.reason);
  let parsed: unknown;
  try {
    parsed = new Parser().parse(scan.plain, { database: "postgresql", parseOptions: { includeLocations: true } }).ast;
  } catch (error) {
    const offset = (error as { location?: { start: { offset: number } } }).location?.start.offset ?? 0;
    const token = scan.tokens.findLast((token) => token.offset <= offset) ?? scan.tokens[0]!;
    const atEnd = offset >= scan.plain.trimEnd().length;
    return refuse(
      offset,
      `the text can't be read ${atEnd ? "as it ends here" : `at ${token.value}`}; ${FORM}, names with blanks in "…"`,
    );
  }
  try {
    const where = scan.tokens.find(({ kind, value }) => kind === "word" && value.toUpperCase() === "WHERE");
    return toTree(parsed, { original: scan.original, whereOffset: where?.offset });
  } catch (error) {
    // Anything else is a shape of the parser's tree that no supported construct has.
    const { offset, message } =
      error instanceof SqlRefused ? error : { offset: 0, message: `the text can't be read; ${FORM}` };
    return refuse(offset ?? 0, message);
  }
}
