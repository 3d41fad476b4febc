import {
  and,
  asc,
  between,
  count,
  countDistinct,
  datetime,
  desc,
  eq,
  gt,
  gte,
  inList,
  lt,
  lte,
  ne,
  notIn,
  raw,
  select,
  type SelectBuilder,
} from "../../provider/query/build/builder";
import type { Predicate } from "../../provider/query/build/input";

/** One query in its three spellings; the same table stands in `docs/queries.md`. */
export interface Spelling {
  title: string;
  /** How sure it is that Domo takes it: A, B or C. */
  grade: string;
  /** The builder's text, as the documentation shows it. */
  code: string;
  builder: SelectBuilder;
  sql: string;
  domo: object;
}

const column = (name: string) => ({ exprType: "COLUMN", column: name });
const text = (value: string) => ({ exprType: "STRING_VALUE", value });
const number = (value: number) => ({ exprType: "NUMERIC_VALUE", value });
const region = column("Region");
const sales = column("Sales");
const where = (predicate: object) => ({ columns: [region], groupByColumns: [], orderByColumns: [], where: predicate });
const filtered = (predicate: Predicate) => select("Region").where(predicate);
const like = { exprType: "LIKE", leftExpr: region, rightExpr: text("W%") };

export const spellings: Spelling[] = [
  {
    title: "columns",
    grade: "A",
    code: 'select("Order ID", "Region")',
    builder: select("Order ID", "Region"),
    sql: 'SELECT "Order ID", Region FROM dataset',
    domo: { columns: [column("Order ID"), region], groupByColumns: [], orderByColumns: [] },
  },
  {
    title: "equals",
    grade: "A",
    code: 'eq("Region", "West")',
    builder: filtered(eq("Region", "West")),
    sql: "SELECT Region FROM dataset WHERE Region = 'West'",
    domo: where({ exprType: "EQUALS", leftExpr: region, rightExpr: text("West") }),
  },
  {
    title: "not equals",
    grade: "C",
    code: 'ne("Region", "West")',
    builder: filtered(ne("Region", "West")),
    sql: "SELECT Region FROM dataset WHERE Region <> 'West'",
    domo: where({ exprType: "EQUALS", not: true, leftExpr: region, rightExpr: text("West") }),
  },
  {
    title: "greater than",
    grade: "C",
    code: 'gt("Sales", 100)',
    builder: filtered(gt("Sales", 100)),
    sql: "SELECT Region FROM dataset WHERE Sales > 100",
    domo: where({ exprType: "GREATER_THAN", leftExpr: sales, rightExpr: number(100) }),
  },
  {
    title: "less than",
    grade: "C",
    code: 'lt("Sales", 99.5)',
    builder: filtered(lt("Sales", 99.5)),
    sql: "SELECT Region FROM dataset WHERE 99.50 > Sales",
    domo: where({ exprType: "LESS_THAN", leftExpr: sales, rightExpr: number(99.5) }),
  },
  {
    title: "at least",
    grade: "C",
    code: 'gte("Sales", 100)',
    builder: filtered(gte("Sales", 100)),
    sql: "SELECT Region FROM dataset WHERE Sales >= 1e2",
    domo: where({ exprType: "GREATER_THAN_OR_EQUAL_TO", leftExpr: sales, rightExpr: number(100) }),
  },
  {
    title: "at most",
    grade: "C",
    code: 'lte("Sales", -5)',
    builder: filtered(lte("Sales", -5)),
    sql: "SELECT Region FROM dataset WHERE Sales <= - 5",
    domo: where({ exprType: "LESS_THAN_OR_EQUAL_TO", leftExpr: sales, rightExpr: number(-5) }),
  },
  {
    title: "in (OR over one column)",
    grade: "B",
    code: 'inList("Region", ["West", "East"])',
    builder: filtered(inList("Region", ["West", "East"])),
    sql: "SELECT Region FROM dataset WHERE Region IN ('West', 'East')",
    domo: where({ exprType: "IN", leftExpr: region, not: false, selectSet: [text("West"), text("East")] }),
  },
  {
    title: "not in",
    grade: "B",
    code: 'notIn("Region", ["West", "East"])',
    builder: filtered(notIn("Region", ["West", "East"])),
    sql: "SELECT Region FROM dataset WHERE Region NOT IN ('West', 'East')",
    domo: where({ exprType: "IN", leftExpr: region, not: true, selectSet: [text("West"), text("East")] }),
  },
  {
    title: "between, both ends included",
    grade: "B",
    code: 'between("Sales", 100, 200)',
    builder: filtered(between("Sales", 100, 200)),
    sql: "SELECT Region FROM dataset WHERE Sales BETWEEN 100 AND 200",
    domo: where({ exprType: "BETWEEN", leftExpr: sales, betweenStart: number(100), betweenEnd: number(200) }),
  },
  {
    title: "date or time",
    grade: "B",
    code: 'gte("Order Date", datetime("2024-01-31T10:00:00Z"))',
    builder: filtered(gte("Order Date", datetime("2024-01-31T10:00:00Z"))),
    sql: "SELECT Region FROM dataset WHERE \"Order Date\" >= TIMESTAMP '2024-01-31 10:00:00'",
    domo: where({
      exprType: "GREATER_THAN_OR_EQUAL_TO",
      leftExpr: column("Order Date"),
      rightExpr: text("2024-01-31 10:00:00"),
    }),
  },
  {
    title: "and",
    grade: "B",
    code: 'and(eq("Region", "West"), gt("Sales", 100), lt("Sales", 200))',
    builder: filtered(and(eq("Region", "West"), gt("Sales", 100), lt("Sales", 200))),
    sql: "SELECT Region FROM dataset WHERE Region = 'West' AND (Sales > 100 AND Sales < 200)",
    domo: where({
      exprType: "AND",
      leftExpr: {
        exprType: "AND",
        leftExpr: { exprType: "EQUALS", leftExpr: region, rightExpr: text("West") },
        rightExpr: { exprType: "GREATER_THAN", leftExpr: sales, rightExpr: number(100) },
      },
      rightExpr: { exprType: "LESS_THAN", leftExpr: sales, rightExpr: number(200) },
    }),
  },
  {
    title: "group by and count",
    grade: "B",
    code: 'select("Region", count("Order ID"), countDistinct("Customer")).groupBy("Region")',
    builder: select("Region", count("Order ID"), countDistinct("Customer")).groupBy("Region"),
    sql: 'SELECT Region, COUNT("Order ID"), count(DISTINCT Customer) FROM dataset GROUP BY Region',
    domo: {
      columns: [
        region,
        { exprType: "FUNCTION", name: "COUNT", distinct: false, arguments: [column("Order ID")] },
        { exprType: "FUNCTION", name: "COUNT", distinct: true, arguments: [column("Customer")] },
      ],
      groupByColumns: [region],
      orderByColumns: [],
    },
  },
  {
    title: "order",
    grade: "B",
    code: 'orderBy(desc("Order Date"), asc("Order ID"))',
    builder: select("Region").orderBy(desc("Order Date"), asc("Order ID")),
    sql: 'SELECT Region FROM dataset ORDER BY "Order Date" DESC, "Order ID"',
    domo: {
      columns: [region],
      groupByColumns: [],
      orderByColumns: [
        { expression: column("Order Date"), order: "DESCENDING" },
        { expression: column("Order ID"), order: "ASCENDING" },
      ],
    },
  },
  {
    title: "limit and offset",
    grade: "B",
    code: "limit(100).offset(20)",
    builder: select("Region").limit(100).offset(20),
    sql: "SELECT Region FROM dataset LIMIT 100 OFFSET 20",
    domo: { columns: [region], groupByColumns: [], orderByColumns: [], limit: { limit: 100, offset: 20 } },
  },
  {
    title: "raw, not checked",
    grade: "—",
    code: 'raw({ exprType: "LIKE", … })',
    builder: filtered(raw(like)),
    sql: `SELECT Region FROM dataset WHERE RAW('${JSON.stringify(like)}')`,
    domo: where({ kind: "raw", json: like }),
  },
];

/**
 * The row of the documentation's table: only the part of the query that the row is about, columns and values of the
 * JSON as ‹Region›, ‹'West'› and ‹100›.
 */
export function tableRow({ title, grade, code, sql, domo }: Spelling): string {
  const { where: predicate, columns, groupByColumns, orderByColumns, limit } = domo as Record<string, unknown[]>;
  const parts = Object.entries({ groupByColumns, orderByColumns, limit }).filter(
    ([, part]) => part && part.length !== 0,
  );
  const isAboutColumns = parts.length === 0 || groupByColumns!.length > 0;
  const json = JSON.stringify(predicate ?? { ...(isAboutColumns && { columns }), ...Object.fromEntries(parts) })
    .replace(/\{"exprType":"COLUMN","column":"([^"]*)"\}/g, "‹$1›")
    .replace(/\{"exprType":"STRING_VALUE","value":"([^"]*)"\}/g, "‹'$1'›")
    .replace(/\{"exprType":"NUMERIC_VALUE","value":([^}]*)\}/g, "‹$1›");
  const clause = sql.replace("SELECT Region FROM dataset ", "");
  return `| ${title} | ${grade} | \`${code}\` | \`${clause}\` | \`${json}\` |`;
}
