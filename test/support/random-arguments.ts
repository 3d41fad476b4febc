import fc from "fast-check";
import type { SelectNode } from "../../provider/query/ast";
import { compile } from "../../provider/query/compile";
import { render } from "../../provider/query/render";
import { secret, unknown } from "./declared";

/** A query as the builder makes it; not each of them is valid. */
export interface TreeQuery {
  kind: "select";
  columns: Tree[];
  where?: Tree;
  groupBy?: Tree[];
  orderBy?: Tree[];
  limit?: number;
  offset?: number;
}
/** A node of it. */
export type Tree = Record<string, unknown>;

const name = fc.constantFrom("Region", "Sales", "Year", 'a "b"');
const column = name.map((of): Tree => ({ kind: "column", name: of }));
const raw = fc.constantFrom("LIKE", "UPPER").map((exprType): Tree => ({ kind: "raw", json: { exprType } }));
const values = {
  Region: fc.constantFrom("West", "East", "North", "O'Brien").map((value): Tree => ({ kind: "text", value })),
  Sales: fc.integer({ min: 0, max: 5 }).map((value): Tree => ({ kind: "number", value })),
  Year: fc.constantFrom("2023-01-01", "2024-01-01", "2024-06-30").map((value): Tree => ({ kind: "datetime", value })),
};
const operator = fc.constantFrom("eq", "ne", "gt", "gte", "lt", "lte");

const predicate = fc.constantFrom("Region" as const, "Sales" as const, "Year" as const).chain((of) => {
  const left = { kind: "column", name: of };
  const value = values[of];
  return fc.oneof(
    fc.record({ operator, right: value }).map((rest): Tree => ({ kind: "compare", left, ...rest })),
    fc
      .record({
        not: fc.boolean(),
        values: fc.uniqueArray(value, { minLength: 1, maxLength: 3, selector: (item) => String(item.value) }),
      })
      .map((rest): Tree => ({ kind: "in", left, ...rest })),
    fc.tuple(value, value).map(([a, b]): Tree => {
      const [from, to] = (a.value as string) <= (b.value as string) ? [a, b] : [b, a];
      return { kind: "between", left, from, to };
    }),
  );
});
const term = fc.oneof({ weight: 8, arbitrary: predicate }, { weight: 1, arbitrary: raw });
const where = fc
  .array(term, { maxLength: 3 })
  .map((terms): Tree | undefined => (terms.length < 2 ? terms[0] : { kind: "and", terms }));
const columns = fc.uniqueArray(fc.oneof({ weight: 6, arbitrary: column }, { weight: 1, arbitrary: raw }), {
  minLength: 1,
  maxLength: 3,
  selector: (item) => JSON.stringify(item),
});
const order = fc.record({ kind: fc.constant("order"), by: column, direction: fc.constantFrom("asc", "desc") });
const window = fc.record(
  { limit: fc.integer({ min: 1, max: 4 }), offset: fc.integer({ min: 0, max: 2 }) },
  { requiredKeys: ["limit"] },
);

/** A query, mostly without groups. */
export const treeQuery: fc.Arbitrary<TreeQuery> = fc
  .record({
    columns,
    where,
    orderBy: fc.option(fc.tuple(order), { nil: undefined }),
    window: fc.option(window, { nil: {}, freq: 3 }),
    grouped: fc.integer({ min: 0, max: 4 }),
    distinct: fc.boolean(),
  })
  .map(({ columns: picked, where: filter, orderBy, window: rows, grouped, distinct }) => {
    const whole = { kind: "select" as const, columns: picked, ...(filter && { where: filter }), ...rows };
    if (grouped > 0) return { ...whole, ...(orderBy && { orderBy }) };
    const keys = picked.filter(({ kind }) => kind === "column");
    return {
      ...whole,
      columns: [...picked, { kind: "count", column: { kind: "column", name: "Sales" }, distinct }],
      groupBy: keys,
    };
  });

const role = (account: number) => `arn:aws:iam::00000000004${account}:role/export`;

/** Arguments of an export, with the query as a tree; not each of them is valid. */
export const treeArguments: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    dataset: fc.constantFrom("5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17", "0c9c2f4e-1f1b-4d5e-8a44-6f0d2b1c7e90"),
    query: treeQuery,
    bucket: fc.constantFrom("acme-exports", "acme-other"),
    path: fc.constantFrom("exports", "exports/orders", "/public/"),
    roleArn: fc.constantFrom(role(1), role(2)),
    region: fc.constantFrom("eu-west-3", "us-east-1"),
    kmsKeyId: fc.constantFrom("key-1", "key-2"),
    externalId: fc.constantFrom("acme-1", "acme-2"),
    sourceIdentity: fc.constantFrom("jane", "john"),
    expectedBucketOwner: fc.constantFrom("111111111111", "222222222222"),
    allowLongLivedCredentials: fc.boolean(),
    timeoutSeconds: fc.constantFrom(60, 3600),
    includeBom: fc.boolean(),
    useCache: fc.boolean(),
    deleteObjects: fc.boolean(),
    verify: fc.constantFrom("objects", "rows"),
    onNewData: fc.constantFrom("ignore", "report", "export"),
    triggers: fc.constantFrom("a", ["a", 1], { day: "2024-01-31" }),
    preflight: fc.constantFrom("strict", "warn"),
    acceptBucketAudience: fc.constantFrom("the auditor reads this bucket", "agreed with the owner of the data"),
    acknowledgeUnrestricted: fc.boolean(),
    expectRows: fc.constantFrom({ min: 1 }, { max: 9 }, { min: 1, max: 9 }),
    countRows: fc.constantFrom("auto", "require", "off"),
    adopt: fc.constantFrom("export-1", "export-2"),
    manifest: fc.constantFrom("_current.json", false),
  },
  { requiredKeys: ["dataset", "query", "bucket", "path"] },
);

/** The ways in which a program can write a query. */
export const spelling = fc.constantFrom("tree", "sql", "json", "pasted");

/** The same arguments with the query in another spelling. */
export function spelled(args: Record<string, unknown>, how: string): Record<string, unknown> {
  const query = args.query as SelectNode;
  switch (how) {
    case "sql":
      return { ...args, query: { kind: "sql", text: render(query) } };
    case "json":
      return { ...args, query: compile(query) };
    case "pasted":
      return { ...args, query: { query: compile(query), includeBOM: true, useCache: false } };
    default:
      return args;
  }
}

/** Arguments of an export, with the query in any spelling; not each of them is valid. */
export const exportArguments = fc.tuple(treeArguments, spelling).map(([args, how]) => spelled(args, how));

/** What a program may do to a value: give it, make a secret of it, or know it only when it is deployed. */
export type Veil = "secret" | "unknown";

/** Veils for the places of a value: each place is asked for by its path. */
export const veils = (share: number): fc.Arbitrary<(path: string) => Veil | undefined> =>
  fc.func(fc.integer({ min: 0, max: 99 })).map((draw) => (path) => {
    const number = draw(path);
    return number < share ? "secret" : number < 2 * share ? "unknown" : undefined;
  });

/** Parts of a query that no program gives as an output: the builder writes them, or Domo's page. */
const WRITTEN = ["kind", "exprType", "operator"];

/** Arguments as the SDK sends them, with some places secret or not known. */
export function veiled(value: unknown, veilOf: (path: string) => Veil | undefined, path = ""): unknown {
  const veil = path === "" || WRITTEN.includes(path.split(".").at(-1)!) ? undefined : veilOf(path);
  if (veil === "unknown") return unknown;
  if (veil === "secret") return secret(value);
  if (Array.isArray(value)) return value.map((item, index) => veiled(item, veilOf, `${path}.${index}`));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, veiled(item, veilOf, `${path}.${key}`)]));
}

/** Arguments that must not be secret. */
const OPEN = [".dataset", ".bucket", ".path", ".manifest"];

/** The same as the text of a program, in which some of the other places are known outputs. */
export function programText(value: unknown, veilOf: (path: string) => Veil | undefined, path = ""): string {
  const whole = JSON.stringify(value);
  const veil = path === "" || WRITTEN.includes(path.split(".").at(-1)!) ? undefined : veilOf(path);
  if (veil === "unknown" || (veil === "secret" && OPEN.includes(path))) return `later.apply(() => (${whole}))`;
  if (veil === "secret") return `pulumi.secret(${whole})`;
  if (path !== "" && veilOf(`${path}?`) === "secret") return `pulumi.output(${whole})`;
  if (Array.isArray(value))
    return `[${value.map((item, index) => programText(item, veilOf, `${path}.${index}`)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return whole;
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${programText(item, veilOf, `${path}.${key}`)}`,
  );
  return `{ ${entries.join(", ")} }`;
}
