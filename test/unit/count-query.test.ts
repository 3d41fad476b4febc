import { expect, test } from "vitest";
import { countBefore } from "../../provider/delivery/count-query";
import type { CountBefore, Order, Plan } from "../../provider/delivery/order";
import type { Count } from "../../provider/domo/count";
import type { ExportInputs } from "../../provider/args/schema";
import { PreflightError } from "../../provider/errors";
import { inputs } from "../support/export-state";

const T1 = "2026-01-01T00:00:00.000Z";
const T2 = "2026-01-02T00:00:00.000Z";
const silent: Count = { rows: undefined, reason: "Domo does not answer" };

/** Counts before an export of data that last changed at `changed`; `digest`: the row policies now. */
async function counted(given: {
  args?: Partial<ExportInputs>;
  count?: Count;
  earlier?: CountBefore;
  changed?: string;
  digest?: string;
}) {
  const { args, count = { rows: 3 }, earlier, changed, digest = "p" } = { changed: T1, ...given };
  const calls: string[] = [];
  const facts = { id: "dataset", dataUpdated: changed };
  const dataset = Object.assign(
    () => {
      calls.push("dataset");
      return Promise.resolve(facts);
    },
    {
      within: (ms: number) => {
        calls.push(`dataset within ${ms}`);
        return Promise.resolve(facts);
      },
      forget: (id: string) => void calls.push(`forget ${id}`),
    },
  );
  const domo = {
    count: () => {
      calls.push("count");
      return Promise.resolve(count);
    },
  };
  const report = { info: (text: string) => void calls.push(text) };
  const order = {
    services: { domo, read: { dataset } },
    report,
    inputs: { ...inputs, expectRows: undefined, ...args },
  } as unknown as Order;
  const plan = { pdp: { digest } } as unknown as Plan;
  const result = await countBefore(order, plan, earlier).catch((error: unknown) => error as PreflightError);
  return { result, calls };
}

test("the dataset is read before its rows are counted, at most half a minute old", async () => {
  const facts = { id: "dataset", dataUpdated: T1 };
  expect(await counted({})).toEqual({
    result: { facts, count: { rows: 3 }, policies: "p" },
    calls: ["dataset within 30000", "count"],
  });
});

test("nothing is counted with countRows off", async () => {
  expect(await counted({ args: { countRows: "off" } })).toEqual({ result: undefined, calls: [] });
});

const earlier = { count: { rows: 9 }, facts: { dataUpdated: T1 }, policies: "p" } as CountBefore;
test("the count of an earlier round will do while data and row policies are the same", async () => {
  expect(await counted({ earlier })).toEqual({ result: earlier, calls: ["forget dataset", "dataset"] });
});

test.each([
  ["the data has changed", { earlier, changed: T2 }],
  ["the row policies have changed", { earlier, digest: "q" }],
  ["nobody knows when the data changed", { earlier: { ...earlier, facts: {} } as CountBefore, changed: undefined }],
])("rows are counted again when %s", async (_, given) => {
  const { result, calls } = await counted(given);
  expect(calls).toContain("count");
  expect(result).toMatchObject({ count: { rows: 3 } });
});

test("a count that Domo does not give is said, and the export goes on", async () => {
  const { result, calls } = await counted({ count: silent });
  expect(result).toMatchObject({ count: silent });
  expect(calls.at(-1)).toBe("the query's rows are not counted: Domo does not answer");
});

test.each<[Partial<ExportInputs>, string]>([
  [{ countRows: "require" }, 'countRows: "require" needs a count of the query\'s rows: Domo does not answer'],
  [{ expectRows: { max: 9 } }, "expectRows needs a count of the query's rows: Domo does not answer"],
])("with %j, an export does not run uncounted", async (args, message) => {
  const { result } = await counted({ args, count: silent });
  expect(result).toBeInstanceOf(PreflightError);
  expect(result).toMatchObject({ message });
});

test("rows outside of expectRows are refused before anything is exported", async () => {
  const { result } = await counted({ args: { expectRows: { min: 4 } } });
  expect(result).toBeInstanceOf(PreflightError);
  expect(result).toMatchObject({
    fact: "expectRows: the query has 3 rows, fewer than expectRows.min (4)",
    advice: "wait until the dataset is complete, correct the query, or lower min",
  });
});
