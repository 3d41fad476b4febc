import { expect, test } from "vitest";
import { compareCounts, deliveredRows } from "../../provider/delivery/compare-counts";
import type { Candidate, CountBefore, Order, Plan } from "../../provider/delivery/order";
import { outOfBounds } from "../../provider/delivery/row-bounds";
import type { Moment } from "../../provider/delivery/row-counts";
import type { ExportInputs } from "../../provider/args/schema";
import { select } from "../../provider/query/build/builder";
import { VerificationError } from "../../provider/errors";
import { inputs } from "../support/export-state";

const CHANGED = "2026-01-01T00:00:00.000Z";
const STARTED = "2026-01-01T01:00:00.000Z";
const same: Moment = { data: CHANGED, policies: "p" };
const plain = (query: object) => JSON.parse(JSON.stringify(query)) as ExportInputs["query"];
const entry = { exportId: "E", status: "success", started: STARTED, urlRowCountMap: {}, odd: [] };
const posted = { postedAt: 0, s3Time: 0, before: new Set<string>(), counted: undefined };

interface Case {
  domo: number;
  /** By the count before; `undefined`: no answer. */
  query: number | undefined;
  dataset: number | null;
  args: Partial<ExportInputs>;
  restricted: boolean;
  after: Moment | string;
  found: Partial<Candidate>;
  isCounted: boolean;
}

/** What is recorded of the rows, and what is said of them. */
function compared(given: Partial<Case>) {
  const { domo, after, found, isCounted, ...facts } = {
    domo: 3,
    query: 3 as number | undefined,
    dataset: null,
    args: {},
    restricted: false,
    after: same,
    found: { from: "posted", posted } as Partial<Candidate>,
    isCounted: true,
    ...given,
  };
  const said: string[] = [];
  const report = {
    info: (text: string) => said.push(`info: ${text}`),
    warn: (text: string) => said.push(`warn: ${text}`),
  };
  const { query, dataset } = facts;
  const count = query === undefined ? { rows: undefined, reason: "no answer" } : { rows: query };
  const counted = { count, facts: { dataUpdated: CHANGED, rowCount: dataset }, policies: "p" } as CountBefore;
  const order = { report, inputs: { ...inputs, expectRows: undefined, ...facts.args } } as unknown as Order;
  const counts = compareCounts(order, { pdp: { enabled: facts.restricted } } as Plan, {
    candidate: { entry, counted: isCounted ? counted : undefined, ...found } as Candidate,
    delivered: { exportId: "E", rowCount: domo } as never,
    after,
  });
  return { counts, said };
}

test("counts that agree are recorded, and nothing is said", () => {
  expect(compared({})).toEqual({ counts: { domo: 3, query: 3, comparable: true }, said: [] });
});

test("rows that were read count too", () => {
  expect(compared({ args: { verify: "rows" } }).counts).toEqual({ domo: 3, query: 3, objects: 3, comparable: true });
});

test("the dataset's own count is one where the query leaves nothing out and nobody's rows are restricted", () => {
  const whole = { domo: 3, query: 3, dataset: 3, comparable: true };
  expect(compared({ dataset: 3 }).counts).toEqual(whole);
  expect(compared({ dataset: 9, restricted: true }).counts).toEqual({ domo: 3, query: 3, comparable: true });
  const args = { query: plain(select("Region").limit(3)) };
  expect(compared({ dataset: 9, args }).counts).toEqual({ domo: 3, query: 3, comparable: true });
});

test("where Domo did not count, the dataset's count alone will do", () => {
  expect(compared({ query: undefined, dataset: 3 }).counts).toStrictEqual({
    domo: 3,
    dataset: 3,
    comparable: true,
    reason: "no answer",
  });
  expect(compared({ query: undefined }).counts).toEqual({ domo: 3, comparable: false, reason: "no answer" });
});

test("nothing is compared where nothing was counted", () => {
  const counts = { domo: 3, comparable: false, reason: 'countRows is "off"' };
  expect(compared({ isCounted: false })).toEqual({ counts, said: [] });
});

test("a difference is a failure while data and row policies are the same", () => {
  expect(() => compared({ query: 1234 })).toThrow(
    new VerificationError(
      "Export E: Domo's count of the query says 1,234 rows, Domo reports 3 rows, and the data has not changed",
      {
        advice:
          "the files may lack rows: run pulumi up again once the data has changed, and send this to Domo's support; " +
          'countRows: "off" accepts what Domo reports',
      },
    ),
  );
});

test("what can't be compared is said: a difference loudly", () => {
  const after = "Domo can't be asked";
  const why = `the rows of the export can't be compared: ${after}`;
  expect(compared({ after })).toEqual({
    counts: { domo: 3, query: 3, comparable: false, reason: after },
    said: [`info: ${why}`],
  });
  expect(compared({ after, query: 1 }).said).toEqual([
    `warn: ${why}; Domo's count of the query says 1 row, Domo reports 3 rows`,
  ]);
});

test.each([
  ["the data", { data: "2026-01-02T00:00:00.000Z", policies: "p" }, `(it was of ${CHANGED}, now of 2026-01-02T`],
  ["the data, at no known time,", { data: undefined, policies: "p" }, "now of an unknown time)"],
  ["the row policies", { data: CHANGED, policies: "q" }, "the row policies changed meanwhile"],
])("%s changed meanwhile: nothing is compared", (_, after, reason) => {
  expect(compared({ after, query: 1 }).counts).toMatchObject({
    comparable: false,
    reason: expect.stringContaining(reason) as string,
  });
});

test.each([
  ["of today's data", STARTED, true],
  ["as old as the data", CHANGED, true],
  ["older than the data", "2025-12-31T00:00:00.000Z", false],
  ["of no known time", undefined, false],
])("an earlier export %s is compared: %s", (_, started, comparable) => {
  const found = { from: "list", entry: { ...entry, started } } as Partial<Candidate>;
  expect(compared({ found }).counts.comparable).toBe(comparable);
  expect(compared({ found: { ...found, from: "posted", posted } }).counts.comparable).toBe(true);
});

test.each([
  [{ min: 2 }, 1, "1 row, fewer than expectRows.min (2)"],
  [{ min: 2 }, 2, undefined],
  [{ max: 2000 }, 2000, undefined],
  [{ max: 2000 }, 2001, "2,001 rows, more than expectRows.max (2,000)"],
  [{ min: 1, max: 2 }, 0, "0 rows, fewer than expectRows.min (1)"],
  [{}, 0, undefined],
  [undefined, 0, undefined],
])("expectRows %j and %i rows: %s", (bounds, rows, fact) => {
  expect(outOfBounds(rows, bounds)?.fact).toBe(fact);
});

test("what is out of bounds has its advice", () => {
  const few = "wait until the dataset is complete, correct the query, or lower min";
  expect(outOfBounds(0, { min: 1 })?.advice).toBe(few);
  expect(outOfBounds(2, { max: 1 })?.advice).toBe("correct the query, or raise max");
});

test("more rows than the query's limit are another query's", () => {
  const order = (limit: number) => ({ inputs: { ...inputs, query: plain(select("Region").limit(limit)) } }) as Order;
  expect(deliveredRows(order(2), { exportId: "E", rowCount: 2 })).toEqual({ domo: 2 });
  expect(() => deliveredRows(order(2), { exportId: "E", rowCount: 3 })).toThrow(
    new VerificationError("Export E has 3 rows, more than the query's LIMIT 2", {
      advice: "it is not this query's file",
    }),
  );
  expect(() => deliveredRows({ inputs } as Order, { exportId: "E" })).toThrow("has 0 rows, fewer than");
});
