import { expect, test } from "vitest";
import { IncompleteExportError } from "../../provider/state/incomplete-export";
import { exportKeys, recordedKeys, withoutUndefined } from "../../provider/state/export-state";
import { state } from "../support/export-state";

test("an export's keys are those of its files and those that S3 has not confirmed", () => {
  expect(exportKeys(state)).toEqual(["a", "b"]);
  expect(exportKeys({ ...state, unverifiedKeys: ["c"] })).toEqual(["a", "b", "c"]);
});

test("the keys in state are the export's and those of earlier exports", () => {
  expect(recordedKeys(state)).toEqual(["a", "b"]);
  expect(recordedKeys({ ...state, unverifiedKeys: ["c"], superseded: ["old"] })).toEqual(["a", "b", "c", "old"]);
});

test("members that are undefined are removed, other empty ones stay", () => {
  const value = { a: undefined, b: null, c: "", d: 0, e: false };
  expect(Object.keys(withoutUndefined(value))).toEqual(["b", "c", "d", "e"]);
});

test("an incomplete export with another text keeps its name, its id and its cause", () => {
  const cause = new Error("the POST's answer was lost");
  const before = new IncompleteExportError("id", state, cause);
  const after = before.with({ ...state, exportStatus: "unknown" }, "no export is listed");
  expect(before).toMatchObject({ message: cause.message, reasons: [cause.message], cause });
  expect(after).toMatchObject({ message: "no export is listed", reasons: ["no export is listed"], id: "id", cause });
  expect(after).toMatchObject({ name: "IncompleteExportError", properties: { exportStatus: "unknown" } });
});
