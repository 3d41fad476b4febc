import type { Operator, OperandNode, PredicateNode, TermNode, ValueNode } from "../../ast";
import { LACKS } from "../../lacks";
import { andNode, betweenNode, compareNode, inNode } from "../../nodes";
import { mirrored, operatorOfSql } from "../../operators";
import { type Cursor, unexpected } from "./cursor";
import { type Part, readJoined, readPart } from "./parts";
import type { Token } from "./scan";
import { lackFault, SqlFault } from "./sql-fault";

/** One side of a comparison and where it begins. */
interface Side {
  readonly part: Part;
  readonly start: Token;
}

/** A predicate, or a side whose comparison is still to come: `(a = 1)` and `(a) = 1` begin alike. */
type Step = { readonly predicate: PredicateNode } | Side;

/** Reads the predicates of a `WHERE`. */
export function readPredicate(cursor: Cursor): PredicateNode {
  return finished(cursor, readConjunction(cursor));
}

function readConjunction(cursor: Cursor): Step {
  const first = readStep(cursor);
  if (cursor.token.key !== "AND") return first;
  const terms = [finished(cursor, first)];
  while (cursor.accept("AND")) terms.push(finished(cursor, readStep(cursor)));
  return { predicate: andNode<PredicateNode>(terms) as PredicateNode };
}

function readStep(cursor: Cursor): Step {
  const start = cursor.token;
  if (start.key !== "(" || cursor.next.key === "SELECT") {
    const part = readPart(cursor, "a predicate such as \"Region\" = 'West'");
    return readComparison(cursor, { part, start });
  }
  cursor.take();
  const inner = cursor.inside(() => readConjunction(cursor));
  if ("predicate" in inner) return inner;
  return readComparison(cursor, { part: readJoined(cursor, inner), start });
}

/** `RAW('…')` alone is a predicate; every other side must be compared with something. */
function finished(cursor: Cursor, step: Step): PredicateNode {
  if ("predicate" in step) return step.predicate;
  if (step.part.kind === "raw") return step.part;
  throw unexpected(cursor, "a comparison such as = 'West'");
}

function readComparison(cursor: Cursor, left: Side): Step {
  const predicate = readTerm(cursor, left);
  return predicate ? { predicate: cursor.mark(predicate, left.start) } : left;
}

function readTerm(cursor: Cursor, left: Side): TermNode | undefined {
  const operator = operatorOfSql(cursor.token.key);
  if (operator) {
    cursor.take();
    return compared(operator, left, readSide(cursor));
  }
  if (cursor.accept("IN")) return inNode(operandOf(left), false, readList(cursor));
  if (cursor.accept("NOT", "IN")) return inNode(operandOf(left), true, readList(cursor));
  if (!cursor.accept("BETWEEN")) return undefined;
  const column = operandOf(left);
  const from = valueOf(readSide(cursor));
  if (!cursor.accept("AND")) throw unexpected(cursor, "AND and the upper bound");
  return betweenNode(column, from, valueOf(readSide(cursor)));
}

/** Puts the column first. `RAW('…')` may stand for either side, so that a column on the right makes it the value. */
function compared(operator: Operator, left: Side, right: Side): TermNode {
  const isSwapped = isValue(left.part) || (left.part.kind === "raw" && right.part.kind === "column");
  return isSwapped
    ? compareNode(mirrored(operator), operandOf(right), valueOf(left))
    : compareNode(operator, operandOf(left), valueOf(right));
}

function readList(cursor: Cursor): readonly ValueNode[] {
  if (!cursor.accept("(")) throw unexpected(cursor, "a list such as ('West', 'East')");
  if (cursor.token.key === ")")
    throw new SqlFault(cursor.token.offset, "the list is empty, so that nothing could match; give a value");
  return cursor.inside(() => {
    const values = [valueOf(readSide(cursor))];
    while (cursor.accept(",")) values.push(valueOf(readSide(cursor)));
    return values;
  });
}

function readSide(cursor: Cursor): Side {
  const start = cursor.token;
  return { part: readPart(cursor, "a value (a text '…', a number, or a date as TIMESTAMP '…')"), start };
}

function isValue({ kind }: Part): boolean {
  return kind === "text" || kind === "number" || kind === "datetime";
}

function operandOf({ part, start }: Side): OperandNode {
  if (part.kind === "column" || part.kind === "raw") return part;
  if (part.kind === "count") throw lackFault(start.offset, LACKS.having);
  throw new SqlFault(start.offset, "a value is compared with another value; one side must be a column");
}

function valueOf({ part, start }: Side): ValueNode {
  if (part.kind === "count") throw lackFault(start.offset, LACKS.having);
  if (part.kind !== "column") return part;
  if (start.kind === "name")
    throw new SqlFault(
      start.offset,
      `a name in "…" is a column, and a value is expected here; write a text in '…': 'West'`,
    );
  throw lackFault(start.offset, LACKS.twoColumns, "; if a text is meant, write it in '…': 'West'");
}
