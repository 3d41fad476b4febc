import { expect, test } from "vitest";
import { unfinished } from "../../provider/delivery/attempt";
import { notDelivered, returned } from "../../provider/delivery/not-delivered";
import type { Candidate, Order, Plan, Posted } from "../../provider/delivery/order";
import type { Verdict } from "../../provider/delivery/provenance";
import { ExportFailedError, ForeignExportError, VerificationError } from "../../provider/errors";
import { inputs } from "../support/export-state";

const plan: Plan = {
  place: { bucket: "b", region: "eu-west-3" },
  definition: { digest: "d", keyPrefix: "exports/d" },
  pdp: undefined,
  acceptedExposures: ["everyone:1"],
};
const STARTED = "2026-01-01T00:00:00.000Z";
const entry = { exportId: "E", status: "success", started: STARTED, urlRowCountMap: {}, odd: [] };
const posted: Posted = { postedAt: 1, s3Time: 2, before: new Set(), counted: undefined };
const list = { value: [entry], domoTime: 0 };
const objects = [{ key: "k", rows: 1 }];
const ours: Verdict = { kind: "ours", objects };
const failed: Verdict = { kind: "failed", why: "Out of memory" };
const foreign: Verdict = { kind: "foreign", why: "it wrote elsewhere" };
const unreadable: Verdict = { kind: "unreadable", why: "Domo names no file" };
const unverified = new VerificationError("Export E: it is empty", { advice: "look" });

const recorded = {
  exportId: "E",
  startedAt: STARTED,
  definition: "d",
  keyPrefix: "exports/d",
  bucketRegion: "eu-west-3",
  acceptedExposures: ["everyone:1"],
  files: [],
  drift: [],
};
const candidates: Record<Candidate["from"], Candidate> = {
  posted: { kind: "candidate", entry, counted: undefined, from: "posted", posted },
  list: { kind: "candidate", entry, counted: undefined, from: "list", list },
  returned: { kind: "candidate", entry, counted: undefined, from: "returned", list, data: { changedAt: undefined } },
};

function outcome(from: Candidate["from"], verdict: Verdict, error: Error) {
  const said: string[] = [];
  const order = { inputs, report: { warn: (text: string) => said.push(text) } } as unknown as Order;
  try {
    return { came: notDelivered(order, plan, { candidate: candidates[from], verdict, error }), said };
  } catch (thrown) {
    return { thrown: thrown as Error, said };
  }
}

test("a POST whose answer names another's export has another round, in which its own is looked for", () => {
  expect(outcome("posted", foreign, new ForeignExportError("foreign")).came).toEqual({
    kind: "another round",
    why: "Domo's answer named another export: it wrote elsewhere",
    posted,
  });
});

test("a failure at Domo, and what S3 does not confirm, are recorded with what is known", () => {
  const cause = new ExportFailedError("failed");
  expect(outcome("posted", failed, cause).came).toEqual({
    kind: "unfinished",
    recorded: { ...recorded, exportStatus: "error" },
    cause,
  });
  const state = { ...recorded, exportStatus: "unverified" };
  expect(outcome("posted", ours, unverified).came).toEqual({
    kind: "unfinished",
    recorded: { ...state, unverifiedKeys: ["k"] },
    cause: unverified,
  });
  expect(outcome("posted", unreadable, unverified).came).toMatchObject({ recorded: state });
  expect(outcome("posted", unreadable, unverified).came).not.toHaveProperty("recorded.unverifiedKeys");
});

test("an attempt that may have started, or runs, is recorded as that", () => {
  const cause = new Error("lost");
  const { exportId, startedAt, ...unknown } = recorded;
  expect(unfinished(plan, { stage: "may have started" }, cause)).toEqual({
    kind: "unfinished",
    recorded: { ...unknown, exportStatus: "unknown" },
    cause,
  });
  expect(unfinished(plan, { stage: "running", entry }, cause)).toMatchObject({
    recorded: { exportId, startedAt, exportStatus: "exporting" },
  });
});

test("an earlier export in the list that is not confirmed is said and not looked at again", () => {
  expect(outcome("list", ours, unverified)).toEqual({
    came: { kind: "another round", why: "an earlier export can't be used", rejected: "E" },
    said: ["an earlier export of this definition can't be used: Export E: it is empty — look"],
  });
  const other = new Error("S3 does not answer");
  expect(outcome("list", ours, other)).toEqual({ thrown: other, said: [] });
});

const fact = `Domo returned export E of ${STARTED} instead of running this one, because the data of dataset dataset has not changed since`;
const advice =
  "wait until the dataset has new data (or load it again), then run pulumi up; Domo has no way to force an export";

test.each([
  [failed, `${fact}; it failed: Out of memory — ${advice}`],
  [foreign, `${fact}; it is not this definition's: it wrote elsewhere — ${advice}`],
  [unreadable, `${fact}; it is not this definition's: Domo names no file — ${advice}`],
])("what Domo returned instead, judged %j, can't be used", (verdict, text) => {
  const { thrown } = outcome("returned", verdict, unverified);
  expect(thrown).toBeInstanceOf(ForeignExportError);
  expect(thrown?.message).toBe(text);
});

test("what Domo returned instead, and S3 does not confirm, can't be repaired", () => {
  const { thrown } = outcome("returned", ours, unverified);
  expect(thrown).toBeInstanceOf(VerificationError);
  expect(thrown?.message).toBe(`${fact}, and that can't repair it: Export E: it is empty — ${advice}`);
  expect(thrown?.cause).toBe(unverified);
  const other = new Error("S3 does not answer");
  expect(outcome("returned", { kind: "stale", objects, why: "" }, other).thrown).toBe(other);
});

test("an entry without a time is named without one", () => {
  expect(returned({ inputs } as Order, { ...entry, started: undefined })).toMatch(/^Domo returned export E instead/);
});
