import { expect, test } from "vitest";
import type { SelectNode } from "../../provider/query/ast";
import {
  and,
  between,
  column,
  count,
  datetime,
  eq,
  gt,
  inList,
  raw,
  select,
  sql,
} from "../../provider/query/build/builder";
import { canonicalArgs } from "../../provider/args/normalize";
import { compile } from "../../provider/query/compile";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";
import { hasUnknown, UNKNOWN } from "../../provider/host/unknown";

const full = select("a", count("b"))
  .where(
    eq("c", "x"),
    inList("d", [1, 2]),
    between("e", 1, 2),
    gt("f", datetime("2024-01-31")),
    raw({ exprType: "LIKE" }),
  )
  .groupBy("a")
  .orderBy("a")
  .limit(5)
  .offset(1);

async function canonical(query: unknown): Promise<SelectNode> {
  const result = await normalizeQuery(query);
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  return result.query;
}

/** Every place in a value, as the keys that lead to it. */
function places(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [at];
  return [
    ...(at.length > 0 ? [at] : []),
    ...Object.entries(value).flatMap(([key, item]) => places(item, [...at, key])),
  ];
}

function withUnknown(value: unknown, place: readonly string[]): unknown {
  const copy = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
  const parent = place.slice(0, -1).reduce((node, key) => node[key] as Record<string, unknown>, copy);
  parent[place.at(-1)!] = UNKNOWN;
  return copy;
}

async function expectUnknown(query: unknown, place: string): Promise<void> {
  const read = await canonical(query);
  expect(hasUnknown(read), place).toBe(true);
  expect(render(read), place).toContain("not known yet⟩");
  expect(render(read), place).not.toContain(UNKNOWN);
  expect(() => compile(read), place).toThrow("a query that is not known yet can't be compiled");
  expect(await canonical(read), place).toStrictEqual(read);
}

test("whatever a preview does not know yet of a builder's tree stays unknown and is shown as such", async () => {
  const tree = JSON.parse(JSON.stringify(full.tree)) as unknown;
  const all = places(tree).filter((place) => place.at(-1) !== "kind");
  expect(all.length).toBeGreaterThan(45);
  for (const place of all) await expectUnknown(withUnknown(tree, place), place.join("."));
});

test("whatever a preview does not know yet of Domo's JSON stays unknown and is shown as such", async () => {
  const json: unknown = compile(await canonical(full));
  const inRaw = (place: string[]) => place.join(".") === "where.rightExpr.exprType";
  const all = places(json).filter((place) => !inRaw(place));
  expect(all.length).toBeGreaterThan(60);
  const known = raw({ exprType: "LIKE" });
  for (const place of all) {
    const query = withUnknown(json, place) as { where: { rightExpr: unknown } };
    if (place.join(".") !== "where" && query.where.rightExpr !== UNKNOWN) query.where.rightExpr = known;
    await expectUnknown(query, place.join("."));
  }
});

test("a query of which nothing is known stays unknown", async () => {
  for (const whole of [UNKNOWN, sql(UNKNOWN), { query: UNKNOWN }, { kind: "query", tree: UNKNOWN }])
    await expectUnknown(whole, JSON.stringify(whole));
});

test.each([
  [UNKNOWN],
  [sql(UNKNOWN)],
  [{ query: UNKNOWN }],
  [{ queryRequest: { query: UNKNOWN } }],
  [{ kind: "query", tree: UNKNOWN }],
])("%j as an argument has no columns, no filter and no SQL yet", async (query) => {
  const { inputs, query: canonical } = await canonicalArgs({ query });
  expect(inputs).toMatchObject({ query: UNKNOWN, sql: UNKNOWN });
  expect(canonical).toBeUndefined();
});

test("options of a pasted request that are not known stay unknown", async () => {
  const query = { query: { columns: [{ exprType: "COLUMN", column: "a" }] }, includeBOM: UNKNOWN, useCache: UNKNOWN };
  const { inputs } = await canonicalArgs({ query });
  expect(inputs).toMatchObject({ includeBom: UNKNOWN, useCache: UNKNOWN });
});

const tree = (parts: object) => ({ ...select("a", "b").tree, ...parts });
const within = (not: unknown) => tree({ where: { ...inList("a", ["x", "y"]), not } });
const sorted = (direction: unknown) => tree({ orderBy: [{ kind: "order", by: column("a"), direction }] });
const counted = (distinct: unknown) => ({ kind: "select", columns: [{ ...count("a"), distinct }] });

test.each([
  ["not", within, true, false, `WHERE "a" ⟨IN or NOT IN: not known yet⟩ ('x', 'y')`],
  ["direction", sorted, "asc", "desc", '  "a" ⟨ASC or DESC: not known yet⟩'],
  ["distinct", counted, true, false, '  COUNT(⟨DISTINCT or not: not known yet⟩ "a")'],
])("an unknown %s is shown as neither of its two meanings", async (_name, make, one, other, expected) => {
  const text = render(await canonical(make(UNKNOWN)));
  expect(text.split("\n")).toContain(expected);
  expect(text).not.toBe(render(await canonical(make(one))));
  expect(text).not.toBe(render(await canonical(make(other))));
});

test("an unknown part is marked where it stands, and the rest is shown", async () => {
  const query = select("a", UNKNOWN)
    .where(and(eq(UNKNOWN, "x"), eq("b", UNKNOWN)), raw({ exprType: "LIKE", value: UNKNOWN }))
    .limit(UNKNOWN as never);
  expect(render(await canonical(query))).toBe(
    [
      "SELECT",
      '  "a",',
      "  ⟨not known yet⟩",
      "FROM dataset",
      "WHERE ⟨not known yet⟩ = 'x'",
      '  AND "b" = ⟨not known yet⟩',
      `  AND RAW('{"exprType":"LIKE","value":⟨not known yet⟩}')`,
      "LIMIT ⟨not known yet⟩",
    ].join("\n"),
  );
});

test("a text that looks like the mark is quoted, so that it can't be taken for it", async () => {
  expect(render(await canonical(select("⟨not known yet⟩").where(eq("a", "⟨not known yet⟩"))))).toBe(
    `SELECT\n  "⟨not known yet⟩"\nFROM dataset\nWHERE "a" = '⟨not known yet⟩'`,
  );
});
