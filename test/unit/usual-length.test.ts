import { expect, test } from "vitest";
import type { DomoExport } from "../../provider/domo/answers";
import { usualLength } from "../../provider/domo/usual-length";
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
    listedExport({ exportId: "no end", status: "success", started: "2026-01-09T00:00:00Z" }),
    listedExport({ exportId: "no start", status: "success", finished: "2026-01-09T00:00:00Z" }),
  ];
  expect(usualLength(listed)).toEqual({ median: 30_000, from: 9_500, to: 52_500 });
  expect(usualLength([...listed].reverse())).toEqual(usualLength(listed));
  expect(usualLength(listed.slice(1, 2))).toEqual({ median: 50_000, from: 40_000, to: 62_500 });
});

test("without a finished export there is no usual length", () => {
  expect(usualLength([listedExport({ started: "2026-01-08T00:00:00Z" })])).toBeUndefined();
});

test("an export that took no time at all says nothing", () => {
  const listed = [finished("a", "2026-01-02T00:00:00Z", 0), finished("b", "2026-01-01T00:00:00Z", 0.001)];
  expect(usualLength(listed)).toEqual({ median: 1, from: 0.8, to: 1.25 });
});
