import fc from "fast-check";
import { expect, test } from "vitest";
import {
  busyRow,
  deliveredRow,
  earlierRow,
  exportingRow,
  queueRow,
  ROW_LENGTH,
  startsAgainRow,
} from "../../provider/delivery/row";

const exportId = "bdf0ca99-1a2b-3c4d-5e6f-000000000001";
const files = (...sizes: number[]) => sizes.map((bytes) => ({ url: "", key: "", rows: 1, etag: "", bytes }));

test("each state of an export has its words", () => {
  expect(exportingRow({ status: "none" })).toBe("Domo has queued it");
  expect(exportingRow({ status: "none", usualMs: 20_000 })).toBe("Domo has queued it");
  expect(exportingRow({ status: "exporting" })).toBe("Domo is exporting");
  expect(exportingRow({ status: "exporting", usualMs: 20_400 })).toBe("Domo is exporting, usually 20 s");
  expect(exportingRow({ status: "exporting", usualMs: 300 })).toBe("Domo is exporting, usually 1 s");
  expect(exportingRow({ status: "exporting", usualMs: 754_000 })).toBe("Domo is exporting, usually 13 min");
  expect(exportingRow({ status: "exporting", usualMs: 9_000_000 })).toBe("Domo is exporting, usually 3 h");
  expect(exportingRow({ status: "absent" })).toBe("Domo does not list it yet");
  expect(exportingRow({ status: "paused" })).toBe("Domo's word for it is paused");
  expect(earlierRow(exportId)).toBe("Domo still runs its export (bdf0ca99)");
  expect(startsAgainRow(2, 5)).toBe("starts again (attempt 2 of 5)");
});

test("a dataset that is busy elsewhere says since when, in steps", () => {
  const since = new Map<string, number>();
  for (let second = 30_000; second >= 0; second--)
    since.set(busyRow({ exportId, bucket: "other" }, { bucket: "own", forMs: second * 1000 }), second);
  expect([...since].reverse()).toEqual([
    ["dataset busy elsewhere (bdf0ca99)", 0],
    ["dataset busy elsewhere for 10 s (bdf0ca99)", 10],
    ["dataset busy elsewhere for 30 s (bdf0ca99)", 30],
    ["dataset busy elsewhere for 60 s (bdf0ca99)", 60],
    ["dataset busy elsewhere for 2 min (bdf0ca99)", 120],
    ["dataset busy elsewhere for 5 min (bdf0ca99)", 300],
    ["dataset busy elsewhere for 10 min (bdf0ca99)", 600],
    ["dataset busy elsewhere for 20 min (bdf0ca99)", 1200],
    ["dataset busy elsewhere for 40 min (bdf0ca99)", 2400],
    ["dataset busy elsewhere for 60 min (bdf0ca99)", 3600],
    ["dataset busy elsewhere for 2 h (bdf0ca99)", 7200],
    ["dataset busy elsewhere for 4 h (bdf0ca99)", 14_400],
    ["dataset busy elsewhere for 8 h (bdf0ca99)", 28_800],
  ]);
});

test.each([
  [0, "1 s"],
  [99_499, "99 s"],
  [99_500, "2 min"],
  [99 * 60_000, "99 min"],
  [100 * 60_000, "2 h"],
])("a usual length of %i ms is %s", (usualMs, text) => {
  expect(exportingRow({ status: "exporting", usualMs })).toBe(`Domo is exporting, usually ${text}`);
});

test("a word that fits is shown whole, a longer one is cut", () => {
  const row = (letters: number) => exportingRow({ status: "w".repeat(letters) });
  expect(row(23)).toBe(`Domo's word for it is ${"w".repeat(23)}`);
  expect(row(24)).toBe(`Domo's word for it is ${"w".repeat(22)}…`);
});

test("an export into one's own bucket is not said to be somebody else's", () => {
  const row = busyRow({ exportId, bucket: "own" }, { bucket: "own", forMs: 12_000 });
  expect(row).toBe("dataset busy for 10 s (bdf0ca99)");
});

test("the queue names what comes first, and the others by number", () => {
  expect(queueRow("big", 0)).toBe("waits for big (same dataset)");
  expect(queueRow("big", 1)).toBe("waits for big and 1 more (same dataset)");
  expect(queueRow("big", 3)).toBe("waits for big and 3 more (same dataset)");
  expect(queueRow("quarterly-sales-of-all-regions", 12)).toBe("waits for quarter… and 12 more (same dataset)");
});

test("the end is counted: rows, bytes, files", () => {
  expect(deliveredRow({ rowCount: 1896, files: files(13_950) })).toBe("1,896 rows, 14 KB, 1 file");
  expect(deliveredRow({ rowCount: 1, files: files(43) })).toBe("1 row, 43 bytes, 1 file");
  expect(deliveredRow({ rowCount: 0, files: files(1) })).toBe("0 rows, 1 byte, 1 file");
  expect(deliveredRow({ rowCount: 4_000_000, files: files(999_999, 4_200_000_000) })).toBe(
    "4,000,000 rows, 4.2 GB, 2 files",
  );
  expect(deliveredRow({ files: files(9) })).toBe("0 rows, 9 bytes, 1 file");
});

test.each([
  [999, "999 bytes"],
  [1000, "1.0 KB"],
  [9_949, "9.9 KB"],
  [9_950, "10 KB"],
  [999_499, "999 KB"],
  [999_500, "1.0 MB"],
  [999_499_999, "999 MB"],
  [999_500_000, "1.0 GB"],
  [999_499_999_999, "999 GB"],
  [999_500_000_000, "1.0 TB"],
  [12_340_000_000_000, "12.3 TB"],
])("%i bytes are %s", (bytes, text) => {
  expect(deliveredRow({ rowCount: 1, files: files(bytes) })).toBe(`1 row, ${text}, 1 file`);
});

test("no row is longer than the display has room for", () => {
  const count = fc.nat(2 ** 31);
  const row = fc.oneof(
    fc.record({ status: fc.string(), usualMs: fc.option(count, { nil: undefined }) }).map(exportingRow),
    fc
      .constantFrom("none", "exporting", "absent")
      .chain((status) => count.map((usualMs) => exportingRow({ status, usualMs }))),
    fc.tuple(fc.string(), count).map(([id, forMs]) => busyRow({ exportId: id }, { bucket: "own", forMs })),
    fc.string().map(earlierRow),
    fc.tuple(fc.string(), fc.nat(99_999)).map(([first, others]) => queueRow(first, others)),
    fc
      .record({ rowCount: count, sizes: fc.array(fc.nat(2 ** 52), { maxLength: 999 }) })
      .map(({ rowCount, sizes }) => deliveredRow({ rowCount, files: files(...sizes) })),
  );
  fc.assert(
    fc.property(row, (text) => text.length <= ROW_LENGTH),
    { numRuns: 2000 },
  );
});
