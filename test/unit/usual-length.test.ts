import { expect, test } from "vitest";
import type { DomoExport } from "../../provider/domo/answers";
import { createExportLengths, guessLength, usualLength } from "../../provider/domo/usual-length";
import { listedExport } from "../support/listed-export";

const finished = (id: string, started: string, seconds: number, status = "success"): DomoExport =>
  listedExport({
    exportId: id,
    status,
    started,
    finished: new Date(Date.parse(started) + seconds * 1000).toISOString(),
  });

test("the usual length is told by the last five that succeeded: their median, and their range with room to differ", () => {
  const listed = [
    finished("old", "2026-01-01T00:00:00Z", 9_999),
    finished("a", "2026-01-02T00:00:00Z", 50),
    finished("b", "2026-01-03T00:00:00Z", 10),
    finished("c", "2026-01-04T00:00:00Z", 40),
    finished("d", "2026-01-05T00:00:00Z", 20),
    finished("e", "2026-01-06T00:00:00Z", 30),
    finished("failed", "2026-01-07T00:00:00Z", 1, "error"),
    listedExport({ exportId: "running", started: "2026-01-08T00:00:00Z" }),
  ];
  expect(usualLength(listed)).toEqual({ median: 30_000, from: 9_500, to: 52_500, guessed: false });
  expect(usualLength([...listed].reverse())).toEqual(usualLength(listed));
  expect(usualLength(listed.slice(1, 2))).toEqual({ median: 50_000, from: 40_000, to: 62_500, guessed: false });
});

test("without a finished export there is no usual length", () => {
  expect(usualLength([listedExport({ started: "2026-01-08T00:00:00Z" })])).toBeUndefined();
});

test("a guess is told by the datasets nearest in rows, and has room below the shortest and above the longest", () => {
  const seen = [
    { rows: 100, length: 1_000 },
    { rows: 600, length: 50_000 },
    { rows: 900, length: 30_000 },
    { rows: 1_500, length: 20_000 },
    { rows: 5_000, length: 900_000 },
  ];
  expect(guessLength(seen, 1_000)).toEqual({ median: 30_000, from: 16_000, to: 62_500, guessed: true });
});

test("no more than five datasets tell a guess, the nearest ones", () => {
  const seen = [1_900, 1_100, 1_200, 1_300, 1_400, 1_500].map((rows) => ({ rows, length: rows }));
  expect(guessLength(seen, 1_000)).toEqual({ median: 1_300, from: 880, to: 1_875, guessed: true });
});

test("datasets with more than twice or less than half as many rows tell nothing", () => {
  const seen = [
    { rows: 499, length: 1_000 },
    { rows: 2_001, length: 2_000 },
  ];
  expect(guessLength(seen, 1_000)).toBeUndefined();
  expect(guessLength([{ rows: 0, length: 700 }], 0)).toMatchObject({ median: 700 });
});

test("a dataset's own exports go before those of others, and teach others from then on", () => {
  const lengths = createExportLengths();
  const running = [listedExport({ started: "2026-01-08T00:00:00Z" })];
  expect(lengths.usual("second", 1_000, running)).toBeUndefined();
  expect(lengths.usual("first", 900, [finished("a", "2026-01-02T00:00:00Z", 50)])).toMatchObject({ guessed: false });
  expect(lengths.usual("second", 1_000, running)).toMatchObject({ median: 50_000, guessed: true });
  expect(lengths.usual("second", undefined, running)).toBeUndefined();
});
