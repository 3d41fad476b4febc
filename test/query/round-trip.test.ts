import fc from "fast-check";
import { expect, test } from "vitest";
import type { SelectNode } from "../../provider/query/ast";
import { sql } from "../../provider/query/build/builder";
import { compile } from "../../provider/query/compile";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";
import { selectTree, wildTree } from "./trees";

const RUNS = { seed: 20_240_131, numRuns: 500 };
const anyTree = fc.oneof(selectTree, wildTree);

async function canonical(query: unknown): Promise<SelectNode> {
  const result = await normalizeQuery(query);
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  return result.query;
}

test("normalisation is idempotent and survives JSON", async () => {
  const property = fc.asyncProperty(anyTree, async (tree) => {
    const once = await canonical(tree);
    expect(await canonical(once)).toStrictEqual(once);
    expect(await canonical(JSON.parse(JSON.stringify(once)))).toStrictEqual(once);
  });
  await fc.assert(property, RUNS);
});

test("the rendered SQL is read back as the same tree and renders the same", async () => {
  const property = fc.asyncProperty(anyTree, async (tree) => {
    const query = await canonical(tree);
    const again = await canonical(sql(render(query)));
    expect(again).toStrictEqual(query);
    expect(render(again)).toBe(render(query));
  });
  await fc.assert(property, RUNS);
}, 60_000);

test("Domo's JSON is read back as the same tree and compiles the same", async () => {
  const property = fc.asyncProperty(selectTree, async (tree) => {
    const query = await canonical(tree);
    const json = JSON.stringify(compile(query));
    const again = await canonical(JSON.parse(json));
    expect(again).toStrictEqual(query);
    expect(JSON.stringify(compile(again))).toBe(json);
  });
  await fc.assert(property, RUNS);
});

test("the order of an object's keys changes neither tree nor bytes", async () => {
  const property = fc.asyncProperty(anyTree, async (tree) => {
    const query = await canonical(tree);
    const reversed = await canonical(withKeysReversed(query));
    expect(JSON.stringify(compile(reversed))).toBe(JSON.stringify(compile(query)));
    expect(render(reversed)).toBe(render(query));
  });
  await fc.assert(property, RUNS);
});

function withKeysReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKeysReversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, withKeysReversed(item)]),
  );
}
