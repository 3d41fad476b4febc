import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { between, count, datetime, eq, gt, inList, select, sql } from "../../provider/query/build/builder";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";
import { resolved } from "./resolved";

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
  const query = select("a").where(eq("a", 1)).where(eq("b", 2), eq("c", 3)).limit(5).limit(6);
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
