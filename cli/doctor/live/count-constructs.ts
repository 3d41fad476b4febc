import type { DomoColumns } from "../../../provider/domo/answers";
import { countAnswer, countBody } from "../../../provider/domo/count";
import { paths } from "../../../provider/domo/paths";
import type { RawDomo } from "../raw-domo";
import { type Answer, type Answers, differs, each, expected, notAsked, type QuestionId } from "./questions";

const CONSTRUCTS = [
  "number-value",
  "in",
  "not-in",
  "and",
  "between",
  "date-text",
  "not-equals",
  "greater-than",
  "less-than",
  "greater-or-equal",
  "less-or-equal",
  "group-by",
  "count-function",
  "count-distinct",
] as const satisfies readonly QuestionId[];
type ConstructId = (typeof CONSTRUCTS)[number];

/** What is known of the rows that the token's user sees. */
export interface CountAudience {
  readonly rows: "all" | "restricted" | "unknown";
  /** Rows of the dataset. */
  readonly rowCount?: number | null;
}

/** A count, or how Domo refused it. */
type Counted = number | string;

/** Texts, numbers and times that no dataset has, and bounds that hold every number. */
const NO_TEXT = "pulumi-domo-s3-export doctor, a text that nobody has";
const NO_NUMBER = 987_654_321_012_345;
const BOUND = 1e15;
const NO_TIMES = ["1000-01-01 00:00:00", "1000-01-01 00:00:01"] as const;

const column = (name: string) => ({ exprType: "COLUMN", column: name });
const text = (value: string) => ({ exprType: "STRING_VALUE", value });
const number = (value: number) => ({ exprType: "NUMERIC_VALUE", value });

/** Asks Domo to count the rows of a query with each construct. Nothing is exported, and no value of the data is needed. */
export async function countConstructs(
  raw: RawDomo,
  { dataset, columns, audience }: { dataset: string; columns: DomoColumns; audience: CountAudience },
): Promise<Pick<Answers, ConstructId | "execute" | "count-limit" | "count-policies">> {
  const any = columns[0]?.name ?? "";
  const ask = async (
    query: Partial<Parameters<typeof countBody>[0]>,
    more: object = {},
  ): Promise<{ rows: Counted; form: string }> => {
    const body = countBody({ columns: [column(any)], groupByColumns: [], ...query }) as {
      query: { fromQuery: object };
    };
    const asked = { ...body, query: { ...body.query, fromQuery: { ...body.query.fromQuery, ...more } } };
    const answer = await raw.post(paths.execute(dataset), "count the rows", asked);
    if (answer.kind === "refused") return { rows: answer.how, form: "" };
    const value = (answer.value as { rows?: unknown[][] } | null)?.rows?.[0]?.[0];
    const read = countAnswer.safeParse(answer.value);
    return {
      rows: read.success ? read.data : "an answer without a count",
      form: typeof value === "string" ? "text" : "a number",
    };
  };
  const total = await ask({});
  if (typeof total.rows === "string") {
    const why = `Domo counts no rows (${total.rows})`;
    const means = 'the number of rows is not compared: set verify: "rows"';
    return {
      ...each([...CONSTRUCTS, "count-limit", "count-policies"], notAsked(why)),
      execute: differs(total.rows, means),
    };
  }
  const limited = (await ask({}, { limit: { limit: 1, offset: 0 } })).rows;
  return {
    execute: expected(`counts rows, as ${total.form}`),
    "count-limit": limitAnswer(limited, total.rows),
    "count-policies": policiesAnswer(total.rows, audience),
    ...(await constructs(async (query) => (await ask(query)).rows, columns, total.rows)),
  };
}

function policiesAnswer(total: number, { rows, rowCount }: CountAudience): Answer {
  if (rows !== "restricted") return notAsked("no row policy is known to restrict the token's user");
  if (typeof rowCount !== "number") return notAsked("Domo does not say how many rows the dataset has");
  if (total < rowCount) return expected("applied: fewer rows are counted than the dataset has");
  return differs(
    "the count is not below the dataset's rows",
    'check that the policies hide rows of this dataset; if they do, set verify: "rows"',
  );
}

function limitAnswer(limited: Counted, total: number): Answer {
  if (typeof limited === "string")
    return expected(`refused: ${limited}`, "nothing: this package applies the limit itself");
  if (limited === Math.min(1, total)) return expected("applied", "nothing: this package applies the limit itself");
  return expected("ignored", "nothing: this package applies the limit itself");
}

async function constructs(
  count: (query: Partial<Parameters<typeof countBody>[0]>) => Promise<Counted>,
  columns: DomoColumns,
  total: number,
): Promise<Record<ConstructId, Answer>> {
  const named = (...types: string[]) => columns.find(({ type }) => types.includes(type.toUpperCase()))?.name;
  const where = (json: object) => count({ where: json });
  const answers = new Map<ConstructId, Answer>();
  const answer = (id: ConstructId, rows: Counted, isRight: (rows: number) => boolean) =>
    answers.set(id, judged(rows, isRight));
  const missing = (what: string, ...ids: ConstructId[]) =>
    ids.forEach((id) => answers.set(id, notAsked(`the dataset has no column of ${what}`)));

  const words = named("STRING");
  if (words === undefined)
    missing("type STRING", "in", "not-in", "not-equals", "and", "group-by", "count-function", "count-distinct");
  else {
    const isNone = { exprType: "IN", leftExpr: column(words), not: false, selectSet: [text(NO_TEXT)] };
    const isAny = { ...isNone, not: true };
    const notIn = await where(isAny);
    answer("in", await where(isNone), (rows) => rows === 0);
    answer("not-in", notIn, (rows) => rows <= total && (rows > 0 || total === 0));
    const unequal = { exprType: "EQUALS", leftExpr: column(words), rightExpr: text(NO_TEXT), not: true };
    answer("not-equals", await where(unequal), (rows) => (typeof notIn === "number" ? rows === notIn : rows <= total));
    answer("and", await where({ exprType: "AND", leftExpr: isAny, rightExpr: isNone }), (rows) => rows === 0);
    const groups = await count({ columns: [column(words)], groupByColumns: [column(words)] });
    answer("group-by", groups, (rows) => rows <= total && (rows > 0 || total === 0));
    for (const distinct of [false, true]) {
      const counting = { exprType: "FUNCTION", name: "COUNT", distinct, arguments: [column(words)] };
      const rows = await count({ columns: [column(words), counting], groupByColumns: [column(words)] });
      answer(
        distinct ? "count-distinct" : "count-function",
        rows,
        (rows) => typeof groups !== "number" || rows === groups,
      );
    }
  }

  const amount = named("LONG", "DOUBLE", "DECIMAL");
  if (amount === undefined)
    missing("numbers", "number-value", "between", "greater-than", "less-than", "greater-or-equal", "less-or-equal");
  else {
    const than = (exprType: string, value = 0) =>
      where({ exprType, leftExpr: column(amount), rightExpr: number(value) });
    answer("number-value", await than("EQUALS", NO_NUMBER), (rows) => rows === 0);
    const [above, notAbove] = [await than("GREATER_THAN"), await than("LESS_THAN_OR_EQUAL_TO")];
    const [below, notBelow] = [await than("LESS_THAN"), await than("GREATER_THAN_OR_EQUAL_TO")];
    const sum = (a: Counted, b: Counted) => (typeof a === "number" && typeof b === "number" ? a + b : undefined);
    // Both pairs split the rows that have a number.
    const split = sum(above, notAbove) ?? sum(below, notBelow);
    const fits = (a: Counted, b: Counted) => () => {
      const both = sum(a, b);
      return both === undefined || (both === split && both <= total);
    };
    answer("greater-than", above, fits(above, notAbove));
    answer("less-or-equal", notAbove, fits(above, notAbove));
    answer("less-than", below, fits(below, notBelow));
    answer("greater-or-equal", notBelow, fits(below, notBelow));
    const inside = {
      exprType: "BETWEEN",
      leftExpr: column(amount),
      betweenStart: number(-BOUND),
      betweenEnd: number(BOUND),
    };
    answer("between", await where(inside), (rows) => split === undefined || rows === split);
  }

  const day = named("DATE", "DATETIME");
  if (day === undefined) missing("type DATE or DATETIME", "date-text");
  else {
    const [from, to] = NO_TIMES;
    const inside = { exprType: "BETWEEN", leftExpr: column(day), betweenStart: text(from), betweenEnd: text(to) };
    answer("date-text", await where(inside), (rows) => rows === 0);
  }
  return Object.fromEntries(answers) as Record<ConstructId, Answer>;
}

function judged(rows: Counted, isRight: (rows: number) => boolean): Answer {
  if (typeof rows === "string")
    return differs(`refused: ${rows}`, "leave it out of queries; a query with it fails at Domo");
  if (isRight(rows)) return expected("understood");
  return differs(
    "answered, but with another number of rows",
    "leave it out of queries, and report this: rows would be wrong",
  );
}
