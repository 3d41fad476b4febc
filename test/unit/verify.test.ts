import { expect, test } from "vitest";
import type { StoredObject } from "../../provider/aws/clients";
import { takesOver } from "../../provider/delivery/adopt";
import type { Order, Plan } from "../../provider/delivery/order";
import { verifyExport, type Written } from "../../provider/delivery/verify";
import type { DomoExport } from "../../provider/domo/answers";
import type { VerificationError } from "../../provider/errors";
import { inputs } from "../support/export-state";

const ID = "6a1b2c3d-0000-4000-8000-000000000001";
const key = `exports/digest/${ID}/export/data.csv`;
const plan = { definition: { digest: "digest", keyPrefix: "exports/digest" }, place: { bucket: "b", region: "r" } };
/** The end by Domo's clock. S3's is an hour ahead. */
const ENDED = Date.parse("2026-01-01T10:00:00.000Z");
const AHEAD_MS = 3_600_000;
const ended: DomoExport = {
  exportId: ID,
  status: "success",
  finished: new Date(ENDED).toISOString(),
  urlRowCountMap: {},
  odd: [],
};
/** Read ten minutes after the end. */
const beforeEnd: Written = { beforeEndOf: { value: [ended], domoTime: ENDED + 600_000 } };

/** Verifies an export of one object, of which a listing of S3 shows this. */
async function verified(
  stored: Partial<StoredObject>,
  {
    entry = ended,
    written = beforeEnd,
    others = [],
  }: Partial<{ entry: DomoExport; written: Written; others: string[] }> = {},
): Promise<string> {
  const objects = [key, ...others].map((key) => ({
    key,
    bytes: 9,
    etag: "e",
    lastModified: ENDED + AHEAD_MS,
    ...stored,
  }));
  const list = (_: unknown, folder: string) =>
    Promise.resolve({
      objects: objects.filter((one) => one.key.startsWith(folder)),
      s3Time: ENDED + AHEAD_MS + 600_000,
    });
  const order = { services: { aws: { list } }, report: { progress: () => undefined }, inputs } as unknown as Order;
  const named = [{ key, rows: 1 }];
  return verifyExport(order, plan as unknown as Plan, { entry, objects: named, origin: "reused", written }).then(
    ({ exportStatus }) => exportStatus,
    (error: unknown) => (error as VerificationError).fact,
  );
}

// A6
test.each([
  [-3_600_000, "success"],
  [0, "success"],
  [59_000, "success"],
  [60_000, "success"],
  [61_000, expect.stringContaining("after the export had ended: something else has replaced it")],
])("an object that S3 wrote %i ms after the end, by whatever clock, is judged: %s", async (after, outcome) => {
  expect(await verified({ lastModified: ENDED + AHEAD_MS + after })).toEqual(outcome);
});

// A6
test("without a time of the end, only rows that are read show whether an object was replaced", async () => {
  const entry = { ...ended, finished: undefined };
  expect(await verified({}, { entry })).toContain("Domo does not say when it ended");
});

test.each([
  [-1_001, expect.stringContaining("before the export was asked for")],
  [-1_000, "success"],
  [0, "success"],
])("an object that S3 wrote %i ms after what it says before the POST is judged: %s", async (after, outcome) => {
  expect(await verified({ lastModified: ENDED + after }, { written: { notBefore: ENDED } })).toEqual(outcome);
});

// A7
test.each([
  ["in the export's own folder", `exports/digest/${ID}/export/data-2.csv`, expect.stringContaining("does not name it")],
  ["elsewhere", `exports/digest/more/data-2.csv`, "success"],
])("a second file %s", async (_, other, outcome) => {
  expect(await verified({}, { others: [other] })).toEqual(outcome);
});

test("an object of 0 bytes is not a file", async () => {
  expect(await verified({ bytes: 0 })).toContain("is empty (0 bytes)");
});

// A2
test.each([
  [{ adopt: "a" }, undefined, true],
  [{ adopt: "a" }, {}, true],
  [{ adopt: "a" }, { adopt: "b" }, true],
  [{ adopt: "a" }, { adopt: "a" }, false],
  [{}, { adopt: "a" }, false],
])("%j after %j takes an export over: %s", (news, olds, takes) => {
  expect(takesOver(news, olds)).toBe(takes);
});
