import { expect, test } from "vitest";
import { findDrift, isStored, type Observation } from "../../provider/find-drift";
import { state } from "../support/export-state";

const WRITTEN = "2026-01-15T08:00:00.000Z";
const object = (key: string, bytes: number, etag: string) => ({
  key,
  bytes,
  etag,
  lastModified: Date.parse(WRITTEN),
});
const intact = {
  region: "eu-west-3",
  objects: [object("a", 10, "ea"), object("b", 20, "eb"), object("other", 1, "eo")],
  data: { changedAt: "2025-12-31T00:00:00.000Z" },
  columns: [{ name: "Region", type: "STRING" }],
  policies: "digest",
  exposures: [],
} satisfies Observation;

test.each<[string, Partial<Observation>]>([
  ["nothing has changed", {}],
  ["the data changed at the very start of the export", { data: { changedAt: state.startedAt } }],
  ["Domo does not say when the data changed", { data: { changedAt: undefined } }],
  ["Domo does not show the row policies any more", { policies: undefined }],
  ["columns were added", { columns: [...intact.columns, { name: "New", type: "LONG" }] }],
])("no drift when %s", (_, seen) => {
  expect(findDrift(state, { ...intact, ...seen })).toEqual([]);
});

test("each thing that drifted is named with what was expected and what is there, in a fixed order", () => {
  const seen: Observation = {
    region: "us-east-1",
    objects: [object("b", 21, "ex")],
    data: { changedAt: "2026-02-01T00:00:00.000Z" },
    columns: [],
    policies: "other",
    exposures: [],
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
    {
      kind: "policies-changed",
      subject: "dataset",
      expected: "the row policies under which the export ran",
      actual: "other row policies apply to the token's user",
    },
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

test("a bucket that is gone is the only thing said of S3", () => {
  expect(findDrift(state, { ...intact, region: undefined, objects: [] })).toEqual([
    { kind: "bucket-gone", subject: "bucket", expected: "a bucket", actual: "no such bucket" },
  ]);
});

test("newer data is no drift where it is to be ignored", () => {
  const seen = { ...intact, data: { changedAt: "2026-02-01T00:00:00.000Z" } };
  expect(findDrift({ ...state, onNewData: "ignore" }, seen)).toEqual([]);
});

test.each([
  { objects: ["a"], stored: true },
  { objects: ["b", "other"], stored: true },
  { objects: ["other"], stored: false },
  { objects: [], stored: false },
])("with the objects $objects, something of the export is stored: $stored", ({ objects, stored }) => {
  expect(isStored(state, { ...intact, objects: objects.map((key) => object(key, 1, "e")) })).toBe(stored);
});

test.each([{ data: undefined }, { columns: undefined }])("a dataset that is gone is said once", (seen) => {
  expect(findDrift(state, { ...intact, ...seen, policies: "other" })).toEqual([
    { kind: "dataset-gone", subject: "dataset", expected: "a dataset", actual: "no such dataset" },
  ]);
});
