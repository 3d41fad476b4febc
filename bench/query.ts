import { performance } from "node:perf_hooks";
import { and, between, desc, eq, gte, inList, select, sql, type SelectBuilder } from "../provider/query/build/builder";
import { checkQuery } from "../provider/query/check/columns";
import { compile } from "../provider/query/compile";
import { normalizeQuery } from "../provider/query/read/canonical";
import { render } from "../provider/query/render";
import type { SelectNode } from "../provider/query/ast";

const QUERIES = 1000;
const COLUMNS = 50;
const PREDICATES = 20;

const names = Array.from({ length: COLUMNS }, (_, index) => `Column ${index}`);
const dataset = {
  name: "Bench",
  columns: names.map((name, index) => ({ name, type: index % 2 ? "STRING" : "LONG" })),
};

function build(query: number): SelectBuilder {
  const predicates = Array.from({ length: PREDICATES }, (_, index) => {
    const [number, text] = [names[index * 2]!, names[index * 2 + 1]!];
    const kinds = [
      () => eq(text, `value ${query}`),
      () => gte(number, query),
      () => inList(text, ["West", "East", `O'Brien ${query}`]),
      () => between(number, query, query + 100),
    ];
    return kinds[index % kinds.length]!();
  });
  return select(...names)
    .where(and(...predicates))
    .orderBy(desc(names[0]!))
    .limit(100);
}

/** Runs a step for every query and prints its time. */
async function step<T>(title: string, each: (query: number) => T | Promise<T>, times = QUERIES): Promise<T[]> {
  const results: T[] = [];
  const start = performance.now();
  for (let query = 0; query < times; query++) results.push(await each(query));
  const taken = performance.now() - start;
  const mean = ((taken * 1000) / times).toFixed(0);
  process.stdout.write(`${title.padEnd(20)} ${taken.toFixed(0).padStart(6)} ms for ${times} (${mean} µs each)\n`);
  return results;
}

async function canonical(query: unknown): Promise<SelectNode> {
  const result = await normalizeQuery(query);
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  return result.query;
}

async function main(): Promise<void> {
  process.stdout.write(`${QUERIES} queries of ${COLUMNS} columns and ${PREDICATES} predicates\n`);
  const start = performance.now();
  const built = await step("build", build);
  const plain = built.map((query): unknown => JSON.parse(JSON.stringify(query)));
  const queries = await step("normalise", (query) => canonical(plain[query]));
  await step("check", (query) => checkQuery(queries[query]!, dataset).length);
  await step("compile", (query) => JSON.stringify(compile(queries[query]!)));
  const texts = await step("render", (query) => render(queries[query]!));
  process.stdout.write(`${"all of it".padEnd(20)} ${(performance.now() - start).toFixed(0).padStart(6)} ms\n`);
  await step("first SQL text", (query) => canonical(sql(texts[query]!)), 1);
  await step("SQL text", (query) => canonical(sql(texts[query]!)), 100);
  process.stdout.write(`${"memory".padEnd(20)} ${(process.memoryUsage().rss / 2 ** 20).toFixed(0).padStart(6)} MiB\n`);
}

void main();
