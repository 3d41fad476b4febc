import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../provider/query/compile";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";
import { hasUnknown, UNKNOWN } from "../../provider/host/unknown";
import { selectTree } from "./trees";

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    "constructor",
    "__proto__",
    "toString",
    UNKNOWN,
    "",
    "true",
    "AND",
    "COUNT",
    "raw",
    "column",
  ),
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    2 ** 53,
    [],
    {},
    [null],
    { kind: "raw" },
    { exprType: "AND" },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Every place in a value, as the keys that lead to it. */
function places(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, item]) => places(item, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, i) => (String(i) === key ? replaced(item, rest, by) : (item as unknown)));
  const object = value as Record<string, unknown>;
  return { ...object, [key]: replaced(object[key], rest, by) };
}

const damaged = fc
  .tuple(selectTree, fc.boolean(), fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 3 }))
  .map(([tree, asJson, changes]) =>
    changes.reduce<unknown>(
      (whole, [at, by]) => {
        const all = places(whole);
        return replaced(whole, all[at % all.length]!, by);
      },
      asJson ? compile(tree) : tree,
    ),
  );

test("no JSON makes the reader throw, and what it accepts can be shown, sent and read again", async () => {
  const seen = { read: 0, unknown: 0, refused: 0 };
  const property = fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: damaged }, odd), async (json) => {
    const result = await normalizeQuery(JSON.parse(JSON.stringify(json)));
    if (!result.ok) {
      seen.refused++;
      expect(result.failures.length).toBeGreaterThan(0);
      expect(result.failures.every(({ path, reason }) => path.startsWith("query") && reason.length > 3)).toBe(true);
      return;
    }
    const { query } = result;
    expect(await normalizeQuery(query)).toStrictEqual({ ok: true, query });
    if (hasUnknown(query)) {
      seen.unknown++;
      expect(render(query)).toContain("not known yet⟩");
    } else {
      seen.read++;
      expect(await normalizeQuery({ kind: "sql", text: render(query) })).toStrictEqual({ ok: true, query });
      expect(JSON.stringify(compile(query))).toBeTypeOf("string");
    }
  });
  await fc.assert(property, { seed: 20_240_131, numRuns: 4000 });
  expect(Math.min(seen.read, seen.unknown, seen.refused)).toBeGreaterThan(50);
}, 60_000);
