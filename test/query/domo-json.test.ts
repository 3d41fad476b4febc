import { expect, test } from "vitest";
import { eq, inList, raw } from "../../provider/query/build/builder";
import { requestOptions } from "../../provider/query/read/from-domo";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";

async function read(query: unknown): Promise<string> {
  const result = await normalizeQuery(query);
  return result.ok ? render(result.query) : result.failures.map(({ path, reason }) => `${path}: ${reason}`).join("\n");
}

const names = (...list: string[]) => list.map((column) => ({ column, exprType: "COLUMN" }));

/** The second example of the article "Domo API // Export to S3", with its placeholders. */
const article = {
  awsAccessKey: "<AWS_KEY>",
  awsAccessSecret: "<AWS_SECRET>",
  bucket: "<BUCKET>",
  path: "<PATH>",
  region: "<REGION>",
  queryRequest: {
    includeBOM: true,
    useCache: true,
    query: {
      columns: names("Product Container", "Order ID", "Region"),
      groupByColumns: [],
      orderByColumns: [],
      where: {
        exprType: "EQUALS",
        leftExpr: { column: "Region", exprType: "COLUMN" },
        rightExpr: { value: "West", exprType: "STRING_VALUE" },
      },
    },
  },
};
const articleSql = [
  "SELECT",
  '  "Product Container",',
  '  "Order ID",',
  '  "Region"',
  "FROM dataset",
  "WHERE \"Region\" = 'West'",
].join("\n");

test("the article's example is read as a whole, as its queryRequest and as its query", async () => {
  expect(await read(article)).toBe(articleSql);
  expect(await read(article.queryRequest)).toBe(articleSql);
  expect(await read(article.queryRequest.query)).toBe(articleSql);
  expect(await read({ queryRequest: article.queryRequest })).toBe(articleSql);
});

test("the examples of Domo's pages are read, stray quotation marks in their keys included", async () => {
  const page = {
    method: "POST",
    url: "https://{instance}.domo.com/api/query/v1/export/<DATASOURCE_ID>",
    headers: { "X-DOMO-Developer-Token": "", "Content-Type": "application/json", Charset: "UTF-8" },
    body: {
      awsAccessKey: "<AWS_KEY>",
      'region"': "<REGION>",
      queryRequest: { query: { columns: names("Customer ID"), 'groupByColumns"': [], 'orderByColumns"': [] } },
    },
  };
  expect(await read(page)).toBe('SELECT\n  "Customer ID"\nFROM dataset');
});

test("what says nothing is accepted, as callers send it", async () => {
  const query = { columns: names("a"), where: null, having: null, limit: null, groupByColumns: null };
  expect(await read({ querySource: "data_table", useCache: true, query, context: { calendar: "x" } })).toBe(
    'SELECT\n  "a"\nFROM dataset',
  );
});

test("options next to the query are handed out, not lost", () => {
  expect(requestOptions(article)).toEqual({ includeBom: true, useCache: true });
  expect(requestOptions({ query: {}, useCache: false })).toEqual({ useCache: false });
  expect(requestOptions(article.queryRequest.query)).toEqual({});
  expect(requestOptions({ kind: "sql", text: "", includeBOM: true })).toEqual({});
});

test("real credentials and the place of the export are refused, without showing them", async () => {
  expect(await read({ ...article, awsAccessSecret: "s3cr3t/s3cr3t", bucket: "my-bucket" })).toBe(
    [
      "query: holds awsAccessSecret; a credential must not be in a program. Revoke it if it was committed, and give the queryRequest alone",
      "query.bucket: is not part of the query; give it as the resource's argument bucket",
    ].join("\n"),
  );
  expect(await read({ headers: { "X-DOMO-Developer-Token": "abc123" }, body: article })).toMatch(
    /^query: holds X-DOMO-Developer-Token; /,
  );
});

const column = { exprType: "COLUMN", column: "a" };
const text = { exprType: "STRING_VALUE", value: "x" };
const where = (predicate: unknown) => ({ columns: [column], where: predicate });
const predicates = "EQUALS, GREATER_THAN, LESS_THAN, GREATER_THAN_OR_EQUAL_TO, LESS_THAN_OR_EQUAL_TO, IN, BETWEEN, AND";
const lacking = (type: string) => `exprType: "${type}" is not documented by Domo for this place`;
const view = "a DataSet View in Domo and export the view";

test.each([
  [
    { exprType: "OR", leftExpr: {}, rightExpr: {} },
    `${lacking("OR")}; write IN (…) for one column; otherwise give two exports, or filter in ${view}, or use raw(…)`,
  ],
  [{ exprType: "NOT_EQUALS" }, `${lacking("NOT_EQUALS")}; write EQUALS with "not": true, or use raw(…)`],
  [{ exprType: "IS_NULL" }, `${lacking("IS_NULL")}; filter after the export, or in ${view}, or use raw(…)`],
  [{ exprType: "FUZZY" }, `${lacking("FUZZY")}; use one of ${predicates}, or use raw(…)`],
  [{ leftExpr: column }, `exprType: is missing; it is one of ${predicates}`],
  [
    { exprType: "GREATER_THAN", not: true, leftExpr: column, rightExpr: text },
    "not: is known for EQUALS and IN only; write the opposite comparison instead",
  ],
  [{ exprType: "IN", leftExpr: column, selectSet: "x" }, 'selectSet: "x" is not a list'],
  [
    { exprType: "EQUALS", leftExpr: column, rightExpr: text, fuzzy: true },
    "fuzzy: is not part of EQUALS in Domo's documented language; remove it, or use raw(…)",
  ],
])("a predicate beyond the documented language is refused with advice (%#)", async (predicate, expected) => {
  expect(await read(where(predicate))).toBe(`query.where.${expected}`);
});

test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
  "%s is no name that a table knows by accident",
  async (name) => {
    const named = (part: object) => JSON.parse(JSON.stringify(part).replaceAll("NAME", name)) as object;
    for (const [json, path] of [
      [where({ exprType: "NAME", leftExpr: column, rightExpr: text }), "where.exprType"],
      [where({ exprType: "EQUALS", leftExpr: column, rightExpr: { exprType: "NAME" } }), "where.rightExpr.exprType"],
      [{ columns: [{ exprType: "FUNCTION", name: "NAME", arguments: [column] }] }, "columns[0].name"],
      [{ columns: [column], orderByColumns: [{ expression: column, order: "NAME" }] }, "orderByColumns[0].order"],
      [{ columns: [column], NAME: 1 }, name],
      [{ query: { columns: [column] }, NAME: 1 }, name],
      [{ kind: "select", columns: ["a"], where: { ...eq("a", 1), operator: "NAME" } }, "where.operator"],
      [{ kind: "select", columns: ["a"], where: { kind: "NAME" } }, "where"],
      [{ kind: "NAME" }, "kind"],
    ] as const)
      expect((await read(named(json))).split(": ")[0]).toBe(`query.${path}`);
  },
);

test.each([["true"], ["false"], [1], [0], ["constructor"], [{}], [[]]])(
  "%j stands for neither true nor false",
  async (flag) => {
    const reason = `${JSON.stringify(flag)} is neither true nor false`;
    const negated = (exprType: string, rest: object) => read(where({ exprType, leftExpr: column, not: flag, ...rest }));
    expect(await negated("IN", { selectSet: [text] })).toBe(`query.where.not: ${reason}`);
    expect(await negated("EQUALS", { rightExpr: text })).toBe(`query.where.not: ${reason}`);
    expect(await negated("BETWEEN", { betweenStart: text, betweenEnd: text })).toBe(`query.where.not: ${reason}`);
    const counted = { exprType: "FUNCTION", name: "COUNT", arguments: [column], distinct: flag };
    expect(await read({ columns: [counted] })).toBe(`query.columns[0].distinct: ${reason}`);
    const tree = (where: unknown) => read({ kind: "select", columns: ["a"], where });
    expect(await tree({ ...inList("a", ["x"]), not: flag })).toBe(`query.where.not: ${reason}`);
    const columns = [{ kind: "count", column: "a", distinct: flag }];
    expect(await read({ kind: "select", columns })).toBe(`query.columns[0].distinct: ${reason}`);
    const orderBy = [{ kind: "order", by: "a", direction: flag }];
    expect(await read({ kind: "select", columns: ["a"], orderBy })).toBe(
      `query.orderBy[0].direction: ${JSON.stringify(flag)} is neither "asc" nor "desc"`,
    );
  },
);

test("a value that the documented language lacks is refused with advice", async () => {
  const predicate = {
    exprType: "EQUALS",
    leftExpr: column,
    rightExpr: { exprType: "DATE_VALUE", value: "2024-01-31" },
  };
  expect(await read(where(predicate))).toContain("write a STRING_VALUE of the form YYYY-MM-DD HH:mm:ss");
});

test("raw(…) may stand in pasted JSON, and sides may be exchanged", async () => {
  const and = {
    exprType: "AND",
    leftExpr: raw({ exprType: "LIKE" }),
    rightExpr: { exprType: "LESS_THAN", leftExpr: text, rightExpr: column },
  };
  expect(await read(where(and))).toBe(`SELECT\n  "a"\nFROM dataset\nWHERE RAW('{"exprType":"LIKE"}')\n  AND "a" > 'x'`);
});
