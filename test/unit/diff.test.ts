import { expect, test } from "vitest";
import { differences, runsExport } from "../../provider/diff";
import type { ExportInputs } from "../../provider/args/schema";
import type { DriftKind, ExportState } from "../../provider/state/export-state";
import { UNKNOWN } from "../../provider/host/unknown";
import { inputs, state } from "../support/export-state";

const changed: [keyof ExportInputs, unknown, "replace" | "export" | "record"][] = [
  ["dataset", "other", "replace"],
  ["bucket", "other", "replace"],
  ["path", "exports/other", "replace"],
  ["query", { ...inputs.query, limit: 5 }, "export"],
  ["region", "us-east-1", "export"],
  ["includeBom", true, "export"],
  ["useCache", true, "export"],
  ["kmsKeyId", "arn:aws:kms:eu-west-3:123456789012:key/1", "export"],
  ["triggers", { day: 2 }, "export"],
  ["adopt", "other", "export"],
  ["roleArn", "arn:aws:iam::123456789012:role/other", "record"],
  ["externalId", "other", "record"],
  ["sourceIdentity", "other", "record"],
  ["allowLongLivedCredentials", true, "record"],
  ["timeoutSeconds", 60, "record"],
  ["deleteObjects", true, "record"],
  ["verify", "rows", "record"],
  ["expectRows", { min: 1, max: 10 }, "record"],
  ["countRows", "require", "record"],
  ["onNewData", "export", "record"],
  ["preflight", "warn", "record"],
  ["expectedBucketOwner", "123456789012", "record"],
  ["acceptBucketAudience", "agreed with the data protection officer", "record"],
  ["acknowledgeUnrestricted", true, "record"],
  ["manifest", "elsewhere/manifest.json", "record"],
];

test.each(changed)("a change of %s leads to one difference", (property, value, consequence) => {
  expect(differences(state, { ...inputs, [property]: value })).toEqual([{ property, consequence }]);
});

test.each(changed)("a %s that is not known yet counts as changed", (property, _, consequence) => {
  expect(differences(state, { ...inputs, [property]: UNKNOWN })).toEqual([{ property, consequence }]);
});

test("the table above names every argument", () => {
  const named = new Set(changed.map(([property]) => property));
  expect(Object.keys(inputs).filter((name) => !named.has(name as keyof ExportInputs))).toEqual(["sql", "instance"]);
});

test.each(["kmsKeyId", "triggers", "roleArn", "externalId"] as const)("a %s that is taken away is a change", (name) => {
  const rest = Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== name));
  expect(differences(state, rest as unknown as ExportInputs)).toEqual([
    { property: name, consequence: name === "kmsKeyId" || name === "triggers" ? "export" : "record" },
  ]);
});

test.each(["region", "adopt"] as const)("a %s that is taken away is no change", (name) => {
  const rest = Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== name));
  expect(differences(state, rest as unknown as ExportInputs)).toEqual([]);
});

test("a region that is spelled out later and is the bucket's own is no change", () => {
  expect(differences({ ...state, region: undefined }, inputs)).toEqual([]);
});

test.each([
  ["the same arguments", inputs],
  ["another order of keys", Object.fromEntries(Object.entries(inputs).reverse()) as unknown as ExportInputs],
  ["another text of the same query", { ...inputs, sql: "select *" }],
])("%s is no change", (_, news) => {
  expect(differences(state, news)).toEqual([]);
});

test("another instance is exported from", () => {
  expect(differences(state, { ...inputs, instance: "https://other.domo.com" })).toEqual([
    { property: "instance", consequence: "export" },
  ]);
});

test.each(["none", "exporting", "error", "unknown", "unverified"] as const)("status %s is exported again", (status) => {
  expect(differences({ ...state, exportStatus: status }, inputs)).toEqual([
    { property: "exportStatus", consequence: "export" },
  ]);
});

test.each<[DriftKind, ExportInputs["onNewData"], "export" | "record" | "nothing"]>([
  ["object-missing", "report", "export"],
  ["object-changed", "report", "export"],
  ["policies-changed", "report", "export"],
  ["dataset-gone", "export", "nothing"],
  ["bucket-exposed", "export", "nothing"],
  ["bucket-gone", "report", "export"],
  ["bucket-moved", "report", "export"],
  ["column-gone", "export", "nothing"],
  ["new-data", "report", "nothing"],
  ["new-data", "export", "export"],
  ["manifest-missing", "export", "record"],
  ["manifest-replaced", "export", "record"],
])("drift %s with onNewData %s leads to %s", (kind, onNewData, consequence) => {
  const drifted: ExportState = { ...state, onNewData, drift: [{ kind, subject: "s", expected: "e", actual: "a" }] };
  const expected = consequence === "nothing" ? [] : [{ property: "drift", consequence }];
  expect(differences(drifted, { ...inputs, onNewData })).toEqual(expected);
});

test("among drifts of both kinds, the one that needs an export decides", () => {
  const facts = { subject: "s", expected: "e", actual: "a" };
  const drift = (["manifest-missing", "object-changed"] as const).map((kind) => ({ kind, ...facts }));
  expect(differences({ ...state, drift }, inputs)).toEqual([{ property: "drift", consequence: "export" }]);
});

test("an update exports when one of its differences needs it", () => {
  const record = { property: "verify", consequence: "record" } as const;
  expect(runsExport([])).toBe(false);
  expect(runsExport([record])).toBe(false);
  expect(runsExport([record, { property: "query", consequence: "export" }])).toBe(true);
});

test.each<DriftKind>(["object-changed", "new-data"])("since when %s is there makes no difference", (kind) => {
  const drift = { kind, subject: "s", expected: "e", actual: "a" };
  const since = (time: string): ExportState => ({ ...state, drift: [{ ...drift, since: time }] });
  const without = differences({ ...state, drift: [drift] }, inputs);
  expect(differences(since("2026-02-01T00:00:00.000Z"), inputs)).toEqual(without);
  expect(differences(since("2026-03-01T00:00:00.000Z"), inputs)).toEqual(without);
});
