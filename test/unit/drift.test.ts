import { expect, test } from "vitest";
import type { DomoExport } from "../../provider/domo/answers";
import { findDrift, isGone, type Observation } from "../../provider/find-drift";
import { state } from "../support/export-state";

const WRITTEN = "2026-01-15T08:00:00.000Z";
const object = (key: string, bytes: number, etag: string) => ({
  key,
  bytes,
  etag,
  lastModified: Date.parse(WRITTEN),
});
const listed = (status: string, exportId = "export") => ({ exportId, status, urlRowCountMap: {} }) as DomoExport;
const intact: Observation = {
  region: "eu-west-3",
  objects: [object("a", 10, "ea"), object("b", 20, "eb"), object("other", 1, "eo")],
  listed: [listed("success")],
  dataUpdated: "2025-12-31T00:00:00.000Z",
  columns: [{ name: "Region", type: "STRING" }],
};

test.each<[string, Partial<Observation>]>([
  ["nothing has changed", {}],
  ["Domo's list no longer holds the export", { listed: [] }],
  ["Domo lists other exports", { listed: [listed("error", "other")] }],
  ["the data changed at the very start of the export", { dataUpdated: state.startedAt }],
  ["Domo does not tell when the data changed", { dataUpdated: undefined }],
  ["columns were added", { columns: [...intact.columns, { name: "New", type: "LONG" }] }],
])("no drift when %s", (_, seen) => {
  expect(findDrift(state, { ...intact, ...seen })).toEqual([]);
});

test("each thing that drifted is told with what was expected and what is there, in a fixed order", () => {
  const seen: Observation = {
    region: "us-east-1",
    objects: [object("b", 21, "ex")],
    listed: [listed("error")],
    dataUpdated: "2026-02-01T00:00:00.000Z",
    columns: [],
  };
  expect(findDrift(state, seen)).toEqual([
    { kind: "bucket-moved", subject: "bucket", expected: "eu-west-3", actual: "us-east-1" },
    { kind: "object-missing", subject: "a", expected: "10 bytes, etag ea", actual: "no such object" },
    {
      kind: "object-changed",
      subject: "b",
      expected: "20 bytes, etag eb",
      actual: "21 bytes, etag ex",
      since: WRITTEN,
    },
    { kind: "status-changed", subject: "export", expected: "success", actual: "error" },
    {
      kind: "new-data",
      subject: "dataset",
      expected: "data as of 2026-01-01T00:00:00.000Z",
      actual: "data of 2026-02-01T00:00:00.000Z",
      since: "2026-02-01T00:00:00.000Z",
    },
    { kind: "column-gone", subject: "Region", expected: "a column of the dataset", actual: "no such column" },
  ]);
});

test("an object whose time S3 does not tell has changed at no known time", () => {
  const objects = [object("a", 10, "ea"), { ...object("b", 21, "ex"), lastModified: 0 }];
  expect(findDrift(state, { ...intact, objects })).toEqual([
    { kind: "object-changed", subject: "b", expected: "20 bytes, etag eb", actual: "21 bytes, etag ex" },
  ]);
});

test("an object of the same size with another etag has changed", () => {
  const objects = [object("a", 10, "ex"), object("b", 20, "eb")];
  expect(findDrift(state, { ...intact, objects }).map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
    "object-changed a",
  ]);
});

test("a bucket that is gone is the only thing told", () => {
  expect(findDrift(state, { ...intact, region: undefined, objects: [], columns: [] })).toEqual([
    { kind: "bucket-gone", subject: "bucket", expected: "a bucket", actual: "no such bucket" },
  ]);
});

test("newer data is no drift where it is to be ignored", () => {
  const seen = { ...intact, dataUpdated: "2026-02-01T00:00:00.000Z" };
  expect(findDrift({ ...state, onNewData: "ignore" }, seen)).toEqual([]);
});

test.each([
  { objects: ["a"], inList: false, gone: false },
  { objects: [], inList: true, gone: false },
  { objects: ["other"], inList: false, gone: true },
  { objects: [], inList: false, gone: true },
])("with objects $objects, and in Domo's list: $inList, the export is gone: $gone", ({ objects, inList, gone }) => {
  const seen = {
    ...intact,
    objects: objects.map((key) => object(key, 1, "e")),
    listed: inList ? [listed("success")] : [listed("success", "other")],
  };
  expect(isGone(state, seen)).toBe(gone);
});
