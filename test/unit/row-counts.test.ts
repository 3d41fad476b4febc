import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeCounts, leavesNoneOut, type Circumstances, type Legs } from "../../provider/delivery/row-counts";
import { count, eq, select } from "../../provider/query/build/builder";
import type { SelectNode } from "../../provider/query/ast";

const SEED = 20_240_131;
const RUNS = 10_000;
const times = ["2024-01-30T10:00:00.000Z", "2024-01-31T10:00:00.000Z", "2024-02-01T10:00:00.000Z"] as const;
const moment = fc.record({
  data: fc.constantFrom(...Array<string>(8).fill(times[0]), times[1], undefined),
  policies: fc.constantFrom(...Array<string>(8).fill("a"), "b", undefined),
});
const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  before: moment,
  after: fc.oneof({ weight: 9, arbitrary: moment }, { weight: 1, arbitrary: fc.constant("Domo does not answer") }),
  earlier: fc.option(fc.record({ started: fc.constantFrom(...times, "2024-01-29T10:00:00Z", undefined) }), {
    nil: undefined,
    freq: 3,
  }),
});
const legs: fc.Arbitrary<Legs> = fc
  .record({
    rows: fc.oneof(fc.nat(3), fc.nat(1_000_000_000)),
    knows: fc.record({ objects: fc.boolean(), dataset: fc.boolean(), query: fc.boolean() }),
  })
  .map(({ rows, knows }) => ({
    domo: rows,
    ...(knows.objects && { objects: rows }),
    ...(knows.dataset && { dataset: rows }),
    ...((knows.query || !knows.dataset) && { query: rows }),
  }));

/** Written down here once more, as a plain list. */
function isSame({ before, after, earlier }: Circumstances): boolean {
  if (typeof after === "string" || before.data === undefined || before.policies === undefined) return false;
  const isToday = !earlier || (earlier.started !== undefined && new Date(earlier.started) >= new Date(before.data));
  return before.data === after.data && before.policies === after.policies && isToday;
}

test(`an export that lacks rows, or has too many, is caught in each of ${RUNS} cases, or data and policies are not the same and it is said`, () => {
  const seen = { caught: 0, said: 0 };
  const property = fc.property(
    legs,
    circumstances,
    fc.integer({ min: -3, max: 3 }).filter((rows) => rows !== 0),
    (whole, around, lost) => {
      const delivered = {
        ...whole,
        domo: whole.domo - lost,
        ...(whole.objects !== undefined && { objects: whole.domo - lost }),
      };
      const verdict = judgeCounts(delivered, around);
      expect(verdict.kind).toBe(isSame(around) ? "different" : "incomparable");
      if (verdict.kind === "agree") throw new Error("not caught");
      expect(verdict.who).toContain(`Domo reports ${(whole.domo - lost).toLocaleString("en-US")} row`);
      if (verdict.kind === "incomparable") expect(verdict.reason.length).toBeGreaterThan(10);
      seen[verdict.kind === "different" ? "caught" : "said"]++;
    },
  );
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  expect(Math.min(seen.caught, seen.said)).toBeGreaterThan(1000);
});

test("a whole export is never called different", () => {
  const property = fc.property(legs, circumstances, (whole, around) => {
    expect(judgeCounts(whole, around).kind).toBe(isSame(around) ? "agree" : "incomparable");
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
});

const tree = (query: unknown) => JSON.parse(JSON.stringify(query)) as SelectNode;
test.each([
  [select("A"), true],
  [select("A", "B").orderBy("A"), true],
  [select("A").where(eq("A", 1)), false],
  [select("A").limit(1), false],
  [select("A").limit(0), false],
  [select("A", count("B")), false],
  [select("A").groupBy("A"), false],
  [select(count("A")), false],
])("the dataset's own count is one of %j: %s", (query, expected) => {
  expect(leavesNoneOut(tree(query))).toBe(expected);
});

const now = { data: times[1], policies: "a" };
test.each<[Partial<Circumstances>, string | undefined]>([
  [{}, undefined],
  [{ earlier: { started: times[1] } }, undefined],
  [{ earlier: { started: times[2] } }, undefined],
  [{ before: { ...now, data: undefined } }, "Domo does not say when the data last changed"],
  [{ before: { ...now, policies: undefined } }, "Domo does not show the row policies"],
  [{ after: "Domo does not answer" }, "Domo does not answer"],
  [{ after: { ...now, data: times[2] } }, `the data changed meanwhile (it was of ${times[1]}, now of ${times[2]})`],
  [
    { after: { ...now, data: undefined } },
    `the data changed meanwhile (it was of ${times[1]}, now of an unknown time)`,
  ],
  [{ earlier: { started: times[0] } }, "the export may be of older data"],
  [{ earlier: { started: undefined } }, "the export may be of older data"],
  [{ after: { ...now, policies: "b" } }, "the row policies changed meanwhile"],
  [{ after: { ...now, policies: undefined } }, "the row policies changed meanwhile"],
])("with %j, counts can't be compared because %s", (around, reason) => {
  const all = { before: now, after: now, ...around };
  const verdict = reason === undefined ? { kind: "agree" } : { kind: "incomparable", reason, who: undefined };
  expect(judgeCounts({ domo: 3, query: 3 }, all)).toEqual(verdict);
});

test("who says what is said of all that are known, in one order", () => {
  const around = { before: now, after: now };
  expect(judgeCounts({ dataset: 4, objects: 1, domo: 2, query: 1003 }, around)).toEqual({
    kind: "different",
    who: "Domo's count of the query says 1,003 rows, Domo reports 2 rows, the objects hold 1 row, the dataset has 4 rows",
  });
  expect(judgeCounts({ domo: 2, query: 0 }, around)).toMatchObject({
    who: "Domo's count of the query says 0 rows, Domo reports 2 rows",
  });
});
