import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { between, count, datetime, eq, gt, inList, select, sql, type QueryInput } from "../../provider/query";
import { hasUnknown, normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";
import { UNKNOWN } from "../../provider/host/unknown";

/** What `check` gets: the plain value of everything, outputs resolved. */
function resolved(query: QueryInput): Promise<unknown> {
  return new Promise((resolve) =>
    pulumi.output(query).apply((value) => resolve(JSON.parse(JSON.stringify({ ...value })))),
  );
}

async function rendered(query: unknown): Promise<string> {
  const result = await normalizeQuery(query);
  return result.ok ? render(result.query) : JSON.stringify(result.failures);
}

test("a method leaves its builder as it was", () => {
  const base = select("a");
  const before = JSON.stringify(base);
  base.where(eq("a", 1)).groupBy("a").orderBy("a").limit(1).offset(1);
  expect(JSON.stringify(base)).toBe(before);
  expect(Object.isFrozen(base) && Object.isFrozen(base.tree) && Object.isFrozen(base.tree.columns)).toBe(true);
});

test("later calls add predicates, groups and sort keys and replace limits", async () => {
  const query = select("a").where(eq("a", 1)).where(eq("b", 2), eq("c", 3)).where().limit(5).limit(6);
  expect(await rendered(query.groupBy("a").groupBy("b").orderBy("a").orderBy("b"))).toBe(
    [
      'SELECT\n  "a"\nFROM dataset\nWHERE "a" = 1\n  AND "b" = 2\n  AND "c" = 3',
      'GROUP BY\n  "a",\n  "b"\nORDER BY\n  "a" ASC,\n  "b" ASC\nLIMIT 6',
    ].join("\n"),
  );
});

test("outputs may stand for names, values, lists and whole queries", async () => {
  const later = <T>(value: T) => pulumi.output(Promise.resolve(value));
  const query = select(later("a"), count(later("b")))
    .where(
      eq(later("c"), later("x")),
      inList("d", later([1, 2])),
      between("e", later(1), 2),
      gt("f", datetime(later("2024-01-31"))),
    )
    .groupBy(later("a"))
    .limit(later(5));
  const expected = [
    'SELECT\n  "a",\n  COUNT("b")\nFROM dataset',
    'WHERE "c" = \'x\'\n  AND "d" IN (1, 2)\n  AND "e" BETWEEN 1 AND 2\n  AND "f" > \'2024-01-31 00:00:00\'',
    'GROUP BY\n  "a"\nLIMIT 5',
  ].join("\n");
  expect(await rendered(await resolved(query))).toBe(expected);
  expect(await rendered(await resolved(sql(pulumi.interpolate`SELECT ${later("a")} FROM dataset`)))).toBe(
    'SELECT\n  "a"\nFROM dataset',
  );
});

test("a value that a preview does not know yet is accepted in every place", async () => {
  const query = select("a", count("b"))
    .where(eq("c", "x"), inList("d", [1, 2]), between("e", 1, 2), gt("f", datetime("2024-01-31")))
    .groupBy("a")
    .orderBy("a")
    .limit(5)
    .offset(1);
  const places = paths(JSON.parse(JSON.stringify(query.tree)));
  expect(places.length).toBeGreaterThan(30);
  for (const place of places) {
    const tree = JSON.parse(JSON.stringify(query.tree)) as Record<string, unknown>;
    const parent = place
      .slice(0, -1)
      .reduce<Record<string, unknown>>((node, key) => node[key] as Record<string, unknown>, tree);
    if (place.at(-1) === "kind" || place.at(-1) === "operator") continue;
    parent[place.at(-1)!] = UNKNOWN;
    const result = await normalizeQuery(tree);
    expect(result, `${place.join(".")} unknown`).toMatchObject({ ok: true });
    if (result.ok) expect(render(result.query)).toBeTypeOf("string");
  }
  for (const whole of [UNKNOWN, sql(UNKNOWN), { query: UNKNOWN }, { kind: "query", tree: UNKNOWN }]) {
    const result = await normalizeQuery(whole);
    expect(result.ok && hasUnknown(result.query)).toBe(true);
  }
});

function paths(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [at];
  const inner = Object.entries(value).flatMap(([key, item]) => paths(item, [...at, key]));
  return at.length === 0 ? inner : [at, ...inner];
}
