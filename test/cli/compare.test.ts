import { expect, test } from "vitest";
import { compareExports } from "../../cli/review/compare";
import { compareFilters } from "../../cli/review/compare-filter";
import { compareStacks } from "../../cli/review/compare-stack";
import type { ReviewedStack } from "../../cli/review/review-stack";
import { closedBlocks, waysOut } from "../../cli/review/ways-out";
import { eq, select } from "../../provider/query/build/builder";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { declared, described, unknown } from "../support/declared";

async function where(text: string) {
  const result = await normalizeQuery({ kind: "sql", text: `SELECT a FROM dataset ${text}` });
  if (!result.ok) throw new Error(result.failures.map(({ reason }) => reason).join());
  return result.query;
}

test.each([
  // A predicate comes or goes.
  ["WHERE a = 1", "", "wider-filter", "a predicate removed"],
  ["WHERE a = 1 AND b = 2", "WHERE a = 1", "wider-filter", "one of two removed"],
  ["", "WHERE a = 1", "narrower-filter", "a predicate added"],
  ["WHERE a = 1", "WHERE b = 1", "narrower-filter wider-filter", "the same on another column"],
  // Lists.
  ["WHERE a IN ('x')", "WHERE a IN ('x', 'y')", "wider-filter", "IN grown"],
  ["WHERE a IN ('x', 'y')", "WHERE a IN ('x')", "narrower-filter", "IN shrunk"],
  ["WHERE a IN ('x', 'y')", "WHERE a IN ('y', 'z')", "wider-filter", "IN changed both ways"],
  ["WHERE a = 'x'", "WHERE a IN ('x')", "other", "another spelling"],
  ["WHERE a IN ('x', 'y')", "WHERE a IN ('y', 'x')", "other", "another order"],
  ["WHERE a NOT IN ('x', 'y')", "WHERE a NOT IN ('x')", "wider-filter", "NOT IN shrunk"],
  ["WHERE a NOT IN ('x')", "WHERE a NOT IN ('x', 'y')", "narrower-filter", "NOT IN grown"],
  ["WHERE a <> 'x'", "WHERE a = 'y'", "narrower-filter", "an exclusion made a value"],
  ["WHERE a IN ('x', 'y', 'z')", "WHERE a NOT IN ('x')", "wider-filter", "a list made an exclusion"],
  // Bounds.
  ["WHERE a > 5", "WHERE a > 4", "wider-filter", "lower bound loosened"],
  ["WHERE a > 5", "WHERE a >= 5", "wider-filter", "bound included"],
  ["WHERE a >= 5", "WHERE a > 5", "narrower-filter", "bound excluded"],
  ["WHERE a < 5", "WHERE a < 6", "wider-filter", "upper bound loosened"],
  ["WHERE a <= 5", "WHERE a < 5", "narrower-filter", "upper bound tightened"],
  ["WHERE a BETWEEN 1 AND 5", "WHERE a BETWEEN 1 AND 6", "wider-filter", "BETWEEN loosened above"],
  ["WHERE a BETWEEN 1 AND 5", "WHERE a BETWEEN 0 AND 5", "wider-filter", "BETWEEN loosened below"],
  ["WHERE a BETWEEN 1 AND 5", "WHERE a BETWEEN 2 AND 4", "narrower-filter", "BETWEEN tightened"],
  ["WHERE a BETWEEN 1 AND 5", "WHERE a BETWEEN 3 AND 9", "wider-filter", "BETWEEN moved"],
  ["WHERE a BETWEEN 1 AND 5", "WHERE a >= 1 AND a <= 5", "other", "BETWEEN as two bounds"],
  ["WHERE a > 5 AND a < 9", "WHERE a = 7", "narrower-filter", "a range made a value"],
  ["WHERE a > -1 AND a < 9", "WHERE a > -2 AND a < 8", "wider-filter", "a range moved"],
  ["WHERE a >= '2024-01-31'", "WHERE a >= '2023-12-31'", "wider-filter", "a date loosened"],
  ["WHERE a >= '2024-01-31'", "WHERE a >= '2024-02-01'", "narrower-filter", "a date tightened"],
  // What can't be decided.
  ["WHERE a > 'm'", "WHERE a > 'k'", "undecided", "an order of texts"],
  ["WHERE a = 1", "WHERE a = '1'", "undecided", "values of two kinds"],
  [`WHERE RAW('{"x":1}')`, `WHERE RAW('{"x":2}')`, "undecided", "raw changed"],
  [`WHERE RAW('{"x":1}')`, "", "wider-filter", "raw removed"],
  ["", `WHERE RAW('{"x":1}')`, "narrower-filter", "raw added"],
  // Limits, order and groups.
  ["LIMIT 5", "LIMIT 6", "wider-filter", "limit raised"],
  ["LIMIT 5", "", "wider-filter", "limit removed"],
  ["", "LIMIT 5", "narrower-filter", "limit added"],
  ["LIMIT 6", "LIMIT 5", "narrower-filter", "limit lowered"],
  ["ORDER BY a LIMIT 5", "ORDER BY a DESC LIMIT 5", "undecided", "another order within a limit"],
  ["LIMIT 5", "LIMIT 5 OFFSET 5", "undecided", "another offset"],
  ["ORDER BY a", "ORDER BY b", "", "another order of all rows"],
  ["GROUP BY a", "", "undecided", "groups removed"],
  ["WHERE a = 1 AND b = 2", "WHERE b = 2 AND a = 1", "", "predicates in another order"],
])("%s → %s: %s (%s)", async (base, head, expected) => {
  const findings = compareFilters(await where(base), await where(head));
  expect(
    findings
      .map(({ mark }) => mark)
      .sort()
      .join(" "),
  ).toBe(expected);
  for (const { mark, rules } of findings)
    expect(rules).toEqual(mark === "wider-filter" || mark === "undecided" ? ["wider-filter"] : []);
});

const version = (ways: readonly [type: string, inputs: Record<string, unknown>][]): ReviewedStack => {
  const resources = ways.map(([type, inputs]) => declared({}, { type, name: "ours", inputs }));
  const domo = { settings: { unknown: "not given" as const, from: [] } };
  const about = { alsoDeclares: waysOut(resources, "/root"), closedBlocks: closedBlocks(resources) };
  return { domo, exports: [], notes: [], encrypted: {}, ...about };
};
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const closed = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };

test.each([
  ["a bucket policy that is new", [], [[POLICY, { policy: "a" }]], [`${POLICY} "ours"`]],
  ["a bucket policy that changed", [[POLICY, { policy: "a" }]], [[POLICY, { policy: "b" }]], [`${POLICY} "ours"`]],
  ["the same in another folder", [[POLICY, { policy: "/root/a" }]], [[POLICY, { policy: "/root/a" }]], []],
  ["a bucket policy that is gone", [[POLICY, { policy: "a" }]], [], []],
  ["a public access block that is gone", [[BLOCK, closed]], [], ['public access block "ours"']],
  [
    "a public access block that lets more through",
    [[BLOCK, closed]],
    [[BLOCK, { ...closed, blockPublicAcls: false }]],
    [`${BLOCK} "ours"`, 'public access block "ours"'],
  ],
] as [string, [string, object][], [string, object][], string[]][])("%s", (_, before, after, subjects) => {
  const { findings } = compareStacks(version(before as never), version(after as never));
  expect(findings.map(({ subject }) => subject)).toEqual(subjects);
  for (const { mark, rules } of findings)
    expect({ mark, rules }).toEqual({ mark: "undecided", rules: ["new-destination"] });
});

test("an added export whose filter is not known breaks the rule for wider filters", async () => {
  for (const query of [unknown, { kind: "sql", text: unknown }, select("a").where(eq("a", unknown as never)).tree]) {
    const added = await described({ query: query });
    const [change] = compareExports([], [added]).changes;
    expect(change?.findings.flatMap(({ rules }) => rules)).toContain("wider-filter");
  }
});
