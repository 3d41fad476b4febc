import { isCodePoint } from "./scan";
import { mirrored } from "../../operators";
import type { Operator } from "../../ast";

/** A construct in the parsed text that Domo's query language does not have. */
export class SqlRefused extends Error {
  override name = "SqlRefused";
  constructor(
    message: string,
    /** Where it stands, if the parser tells. */
    readonly offset?: number,
  ) {
    super(message);
  }
}

type Ast = Record<string, unknown>;
type Loose = Record<string, unknown>;

const OPERATORS: Record<string, Operator> = {
  "=": "eq",
  "<>": "ne",
  "!=": "ne",
  ">": "gt",
  "<": "lt",
  ">=": "gte",
  "<=": "lte",
};

/** What the parser's tree does not hold itself. */
export interface TreeContext {
  /** What a quoted part said before it was replaced. */
  original: (placeholder: string) => string;
  /** Where `WHERE` stands, for a predicate without a place of its own. */
  whereOffset: number | undefined;
}

/**
 * Turns the parser's tree into a loose tree of ours. It takes what it knows and refuses the rest: a key of the parser's
 * that is not read here and holds something is a construct that must not be dropped silently.
 */
export function toTree(parsed: unknown, { original, whereOffset }: TreeContext): Loose {
  const ast = (Array.isArray(parsed) && parsed.length === 1 ? parsed[0] : parsed) as Ast;
  if (Array.isArray(ast) || ast.type !== "select") throw new SqlRefused("one query is one SELECT");
  only(ast, ["type", "columns", "from", "where", "groupby", "orderby", "limit", "loc"]);
  const from = ast.from as Ast[] | null;
  const table = from?.[0];
  if (
    !table ||
    from.length !== 1 ||
    table.as ||
    table.join ||
    table.db ||
    name(table.table).toLowerCase() !== "dataset"
  ) {
    throw new SqlRefused("the table is called dataset; write FROM dataset");
  }
  const limit = readLimit(ast.limit as Ast | null);
  const groups = (ast.groupby as { columns?: Ast[]; modifiers?: unknown[] } | null)?.columns;
  return {
    kind: "select",
    columns: (ast.columns as Ast[]).map((item) => {
      only(item, ["type", "expr", "loc"]);
      return operand(item.expr as Ast);
    }),
    where: ast.where ? predicate(ast.where as Ast) : undefined,
    groupBy: groups?.map(operand),
    orderBy: (ast.orderby as Ast[] | null)?.map((key) => {
      only(key, ["expr", "type", "loc"]);
      return { kind: "order", by: operand(key.expr as Ast), direction: key.type === "DESC" ? "desc" : "asc" };
    }),
    ...limit,
  };

  /** A part without a place of its own is reported at its predicate. */
  function predicate(node: Ast): Loose {
    try {
      return readPredicate(node);
    } catch (error) {
      if (error instanceof SqlRefused && error.offset === undefined)
        throw new SqlRefused(error.message, refused(node, "").offset ?? whereOffset);
      throw error;
    }
  }

  function readPredicate(node: Ast): Loose {
    if (node.type === "function") return call(node);
    if (node.type !== "binary_expr")
      throw refused(node, "a predicate compares a column with a value: \"Region\" = 'West'");
    const { operator, left, right } = node as { operator: string; left: Ast; right: Ast };
    if (operator === "AND") return { kind: "and", terms: [predicate(left), predicate(right)] };
    if (operator === "IN" || operator === "NOT IN") {
      return { kind: "in", left: operand(left), not: operator === "NOT IN", values: list(right).map(value) };
    }
    if (operator === "BETWEEN") {
      const [start, end] = list(right).map(value);
      return { kind: "between", left: operand(left), from: start, to: end };
    }
    const named = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (!named) throw refused(node, `Domo's query language has no ${operator}`);
    const swapped = !isOperand(left) || (left.type === "function" && right.type === "column_ref");
    if (swapped && isOperand(right))
      return { kind: "compare", operator: mirrored(named), left: operand(right), right: value(left) };
    return { kind: "compare", operator: named, left: operand(left), right: value(right) };
  }

  function operand(node: Ast): Loose {
    if (node.type === "function") return call(node);
    if (node.type === "aggr_func" && node.name === "COUNT") {
      only(node, ["type", "name", "args", "loc"]);
      const args = node.args as Ast;
      only(args, ["distinct", "expr"]);
      return { kind: "count", column: operand(args.expr as Ast), distinct: Boolean(args.distinct) };
    }
    if (node.type !== "column_ref") throw refused(node, "a column is expected here, by its name");
    only(node, ["type", "table", "column", "parentheses", "loc"]);
    const column = node.column as { expr?: Ast };
    if (node.table && name(node.table).toLowerCase() !== "dataset")
      throw refused(node, `the table is called dataset, not ${name(node.table)}`);
    return { kind: "column", name: name(column.expr?.value) };
  }

  function value(node: Ast): unknown {
    switch (node.type) {
      case "number":
      case "bigint":
        return { kind: "number", value: toNumber(node) };
      case "unary_expr":
        if (node.operator === "-" || node.operator === "+") return { kind: "number", value: signed(node) };
        break;
      case "date":
      case "timestamp":
        return { kind: "datetime", value: name(node.value) };
      case "function":
        if (functionName(node) === "RAW") return call(node);
        if (functionName(node) !== "CHR") break;
        return { kind: "text", value: constantText(node) };
      case "single_quote_string":
      case "binary_expr":
        return { kind: "text", value: constantText(node) };
      case "column_ref":
        throw refused(node, "Domo's query language compares a column with values, not with another column");
    }
    throw refused(node, "a value is expected here: a text in '…', a number, or a date as TIMESTAMP '…'");
  }

  function call(node: Ast): Loose {
    const args = list(node.args as Ast);
    if (functionName(node) !== "RAW" || args.length !== 1) throw refused(node, "only COUNT and RAW('…') are known");
    only(node, ["type", "name", "args", "parentheses", "loc"]);
    try {
      return { kind: "raw", json: JSON.parse(constantText(args[0]!)) as unknown };
    } catch (cause) {
      if (cause instanceof SqlRefused) throw cause;
      throw refused(node, "RAW('…') does not hold JSON");
    }
  }

  function constantText(node: Ast): string {
    if (node.type === "single_quote_string") return name(node.value);
    if (node.type === "binary_expr" && node.operator === "||")
      return constantText(node.left as Ast) + constantText(node.right as Ast);
    if (node.type === "function" && functionName(node) === "CHR") {
      const [code, ...more] = list(node.args as Ast).map(value) as { value?: unknown }[];
      if (more.length === 0 && isCodePoint(code?.value)) return String.fromCodePoint(code.value);
    }
    throw refused(node, "a text is expected here, in '…'");
  }

  function name(placeholder: unknown): string {
    return original(String(placeholder));
  }
}

function readLimit(limit: Ast | null): Loose {
  const values = (limit?.value ?? []) as Ast[];
  if (values.length === 0) return {};
  if (values.some(({ type }) => type !== "number") || !["", "offset"].includes(String(limit?.seperator))) {
    throw new SqlRefused("LIMIT and OFFSET take a plain number each: LIMIT 100 OFFSET 20");
  }
  const [first, second] = values.map(toNumber);
  if (values.length === 1 && limit?.seperator === "offset") return { offset: first };
  return { limit: first, offset: second };
}

function toNumber(node: Ast): number {
  const text = String(node.value);
  const number = Number(text);
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
    throw refused(node, `${text} is beyond 2^53 - 1, where JSON numbers are no longer exact; give a smaller bound`);
  }
  return number;
}

function signed(node: Ast): number {
  const inner = node.expr as Ast;
  if (inner.type !== "number" && inner.type !== "bigint")
    throw refused(node, "Domo's query language has no arithmetic; write the value itself");
  return node.operator === "-" ? -toNumber(inner) : toNumber(inner);
}

function functionName(node: Ast): string | undefined {
  const { name, schema } = node.name as { name?: Ast[]; schema?: unknown };
  return schema || name?.length !== 1 || name[0]!.type !== "default" ? undefined : String(name[0]!.value).toUpperCase();
}

function isOperand(node: Ast): boolean {
  return (
    node.type === "column_ref" ||
    node.type === "aggr_func" ||
    (node.type === "function" && functionName(node) === "RAW")
  );
}

function list(node: Ast): Ast[] {
  if (node.type !== "expr_list" || !Array.isArray(node.value))
    throw refused(node, "a list of values in parentheses is expected here");
  return node.value as Ast[];
}

function only(node: Ast, known: readonly string[]): void {
  const odd = Object.keys(node).find((key) => !known.includes(key) && holdsSomething(node[key]));
  if (odd !== undefined) throw refused(node, `${odd} is not known here; write the query without it`);
}

function holdsSomething(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(holdsSomething);
  return value !== null && value !== undefined && value !== false && value !== "";
}

function refused(node: Ast, reason: string): SqlRefused {
  const { loc, left, expr } = node as { loc?: { start: { offset: number } }; left?: Ast; expr?: Ast };
  const offset = loc?.start.offset ?? ((left ?? expr) ? refused((left ?? expr)!, "").offset : undefined);
  return new SqlRefused(reason, offset);
}
