import { expect, test } from "vitest";
import type { DomoColumns, DomoDataset } from "../../provider/domo/answers";
import { createDatasetReads, type BulkDataset } from "../../provider/domo/dataset-reads";
import type { Clock } from "../../provider/host/clock";
import { DomoConnectionError, DomoStatusError } from "../../provider/errors";
import { leapingClock, steppedClock } from "../support/test-clock";

const facts = (id: string, from: string) => ({ id, name: from }) as DomoDataset;
const columns = (from: string): DomoColumns => [{ name: from, type: "STRING" }];
const many = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `d${from + index}`);

/** Reads whose calls are recorded; `bulk` answers the call for many. */
function reads(
  bulk: (ids: string[]) => Iterable<[string, BulkDataset]> | Promise<never> = () => [],
  clock: Clock = leapingClock(),
) {
  const calls: string[] = [];
  const made = createDatasetReads(
    {
      facts: (id) => {
        calls.push(`facts ${id}`);
        return Promise.resolve(facts(id, "single"));
      },
      columns: (id) => {
        calls.push(`columns ${id}`);
        return Promise.resolve(columns("single"));
      },
      bulk: async (ids) => {
        calls.push(`bulk ${ids.length}`);
        return new Map(await bulk(ids));
      },
    },
    clock,
  );
  const names = async (ids: string[]) => (await Promise.all(ids.map((id) => made.dataset(id)))).map(({ name }) => name);
  return { ...made, names, calls };
}
const all = (ids: string[]) =>
  ids.map((id): [string, BulkDataset] => [id, { facts: facts(id, "bulk"), columns: columns("bulk") }]);

test("one dataset is read singly, more than one together", async () => {
  const { names, calls } = reads(all);
  expect(await names(["a"])).toEqual(["single"]);
  expect(await names(["a", "b"])).toEqual(["bulk", "bulk"]);
  expect(calls).toEqual(["facts a", "bulk 2"]);
});

test("facts and columns of the same datasets are one call", async () => {
  const { calls, ...made } = reads(all);
  await Promise.all([made.dataset("a"), made.columns("a"), made.dataset("b"), made.columns("b")]);
  expect(calls).toEqual(["bulk 2"]);
});

test("a hundred datasets are one call, one more are two", async () => {
  const { names, calls } = reads(all);
  await names(many(0, 100));
  await names(many(0, 101));
  expect(calls).toEqual(["bulk 100", "bulk 100", "bulk 1"]);
});

test("after several together, the next ones are waited for longer, until one comes alone", async () => {
  const clock = steppedClock();
  const { names, calls } = reads(all, clock);
  const come = async (id: string, ms: number) => {
    void names([id]);
    await clock.advance(ms);
  };
  for (const id of ["a", "b"]) await come(id, 4);
  await clock.advance(1);
  expect(calls).toEqual(["bulk 2"]);
  for (const id of ["c", "d", "e"]) await come(id, 16);
  expect(calls).toEqual(["bulk 2"]);
  await clock.advance(2);
  expect(calls).toEqual(["bulk 2", "bulk 3"]);
  await come("f", 50);
  await come("g", 5);
  await come("h", 5);
  expect(calls).toEqual(["bulk 2", "bulk 3", "facts f", "facts g", "facts h"]);
});

test("a dataset that is left out is read singly", async () => {
  const { names, calls } = reads((ids) => all(ids).slice(1));
  const both = async () => expect(await names(["a", "b"])).toEqual(["single", "bulk"]);
  await both();
  await both();
  expect(calls).toEqual(["bulk 2", "facts a", "bulk 2", "facts a"]);
});

test("an answer without any of the datasets ends the calls for many", async () => {
  const { names, calls } = reads();
  await names(["a", "b"]);
  await names(["a", "b"]);
  expect(calls).toEqual(["bulk 2", "facts a", "facts b", "facts a", "facts b"]);
});

test("columns are not looked for again in answers without them", async () => {
  const { names, calls, ...made } = reads((ids) => ids.map((id) => [id, { facts: facts(id, "bulk") }]));
  expect(await Promise.all([made.columns("a"), made.columns("b")])).toEqual([columns("single"), columns("single")]);
  await Promise.all([made.columns("a"), made.columns("b")]);
  expect(await names(["a", "b"])).toEqual(["bulk", "bulk"]);
  const single = ["columns a", "columns b"];
  expect(calls).toEqual(["bulk 2", ...single, ...single, "bulk 2"]);
});

test("columns are looked for again where one of the datasets had them", async () => {
  const { calls, ...made } = reads((ids) => [...all(ids).slice(1), ["a", { facts: facts("a", "bulk") }]]);
  const both = async () =>
    expect(await Promise.all([made.columns("a"), made.columns("b")])).toEqual([columns("single"), columns("bulk")]);
  await both();
  await both();
  expect(calls).toEqual(["bulk 2", "columns a", "bulk 2", "columns a"]);
});

test("reads that were collected when the call for many is refused go singly, and later ones are not collected", async () => {
  const clock = steppedClock();
  let refuse: (error: Error) => void = () => undefined;
  const { names, calls, ...made } = reads(() => new Promise<never>((_, reject) => (refuse = reject)), clock);
  const first = names(["a", "b"]);
  await clock.advance(5);
  const second = names(["c", "d"]);
  refuse(new DomoStatusError("no", 403, undefined));
  expect(await first).toEqual(["single", "single"]);
  await clock.advance(50);
  expect(await second).toEqual(["single", "single"]);
  expect(await names(["e"])).toEqual(["single"]);
  expect(await made.columns("e")).toEqual(columns("single"));
  expect(calls).toEqual(["bulk 2", ...["a", "b", "c", "d", "e"].map((id) => `facts ${id}`), "columns e"]);
});

const failing = (...errors: (Error | undefined)[]) =>
  reads((ids) => {
    const error = errors.shift();
    if (error) throw error;
    return all(ids);
  });
const noAnswer = new DomoConnectionError("no answer", false);
const bulkCalls = (calls: string[]) => calls.filter((call) => call.startsWith("bulk")).length;

test("a refusal ends the calls for many; no answer does so the second time", async () => {
  const refused = failing(new DomoStatusError("no", 403, undefined));
  for (let round = 0; round < 3; round++) expect(await refused.names(["a", "b"])).toEqual(["single", "single"]);
  expect(bulkCalls(refused.calls)).toBe(1);
  const silent = failing(noAnswer, noAnswer);
  for (let round = 0; round < 3; round++) await silent.names(["a", "b"]);
  expect(bulkCalls(silent.calls)).toBe(2);
  const shaky = failing(noAnswer, undefined, noAnswer, undefined);
  for (let round = 0; round < 4; round++) await shaky.names(["a", "b"]);
  expect(bulkCalls(shaky.calls)).toBe(4);
});

test("a Domo that is busy is not asked for each dataset singly", async () => {
  const busy = new DomoStatusError("later", 429, undefined);
  const { names, calls } = failing(busy);
  await expect(names(["a", "b"])).rejects.toBe(busy);
  expect(calls).toEqual(["bulk 2"]);
  expect(await names(["a", "b"])).toEqual(["bulk", "bulk"]);
});
