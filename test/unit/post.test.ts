import { expect, test } from "vitest";
import type { ExportInputs } from "../../provider/args/schema";
import { exposureId } from "../../provider/audience/acceptance";
import { bucketExposures } from "../../provider/audience/bucket-exposures";
import type { CountBefore, Order, Plan, Slot } from "../../provider/delivery/order";
import { post } from "../../provider/delivery/post";
import type { DomoExport } from "../../provider/domo/answers";
import { DomoStatusError, PreflightError, UnwatchedExportError } from "../../provider/errors";
import { listedExport } from "../support/listed-export";
import { inputs } from "../support/export-state";
import { leapingClock } from "../support/test-clock";

const everyone = { grantee: "http://acs.amazonaws.com/groups/global/AllUsers", permission: "READ" };
/** Domo's time of the list before the POST. */
const LISTED = Date.parse("2026-01-01T10:00:00.000Z");
const changedAt = "2026-01-01T00:00:00.000Z";
const plan = {
  place: { bucket: "bucket", region: "eu-west-3" },
  definition: { digest: "d", keyPrefix: "exports/d" },
  pdp: undefined,
  acceptedExposures: undefined,
} as Plan;
const counted = { count: { rows: 3 } } as CountBefore;
const old = listedExport({ exportId: "old", status: "success" });
const slot: Slot = {
  list: { value: [old], domoTime: LISTED },
  deadline: 60_000,
  before: new Set(["old"]),
  counted,
  rejected: new Set(),
};

interface Case {
  plan: Partial<Plan>;
  args: Partial<ExportInputs>;
  /** What the POST is answered with. */
  answer: DomoExport | Error;
  /** What later lists and polls are answered with. */
  then: DomoExport[] | Error;
  grants: object[];
  policies: unknown;
  stillWanted: () => Promise<void>;
}

/** What a POST comes to, and what was done on the way. */
async function posted({ answer = listedExport({ exportId: "E" }), then = [], ...given }: Partial<Case> = {}) {
  const clock = leapingClock();
  const steps: string[] = [];
  const reply = <T>(value: T) =>
    value instanceof Error ? Promise.reject(value) : Promise.resolve({ value, domoTime: LISTED + clock.now() });
  const step = (name: string) => () => void steps.push(name);
  const hidden = new DomoStatusError("not shown", 403, undefined);
  const services = {
    clock,
    settings: { accessPatienceMs: 0, sessionTokenField: "sessionToken" },
    aws: {
      callerCredentials: () => Promise.resolve({ accessKeyId: "k", secretAccessKey: "s" }),
      probeWrite: () => Promise.resolve((step("probe")(), 5_000)),
    },
    domo: {
      startExport: () => (step("POST")(), reply(answer)),
      listExports: () => reply(then),
      pollExports: () => reply(then),
    },
    read: {
      bucketSettings: () =>
        Promise.resolve((step("bucket")(), { grants: given.grants ?? [], website: false, unreadable: [] })),
      policies: () => (step("policies")(), given.policies ? Promise.resolve(given.policies) : Promise.reject(hidden)),
      dataset: () => Promise.resolve({ name: "Orders" }),
      user: () => Promise.resolve({ id: "7" }),
      list: { forget: () => undefined },
      listing: { forget: () => undefined },
      forgetBucketSettings: () => undefined,
    },
    fresh: { dataset: () => Promise.resolve({ dataUpdated: changedAt }) },
  };
  const report = { progress: (text: string) => void steps.push(text), warn: () => undefined };
  const order = {
    services,
    report,
    inputs: { ...inputs, roleArn: undefined, timeoutSeconds: 60, ...given.args },
    name: "orders",
    stillWanted: given.stillWanted ?? (() => Promise.resolve(step("still wanted?")())),
  } as unknown as Order;
  const result = await post(order, { ...plan, ...given.plan }, slot).catch((error: unknown) => error as Error);
  return { result, steps };
}

const success = listedExport({ exportId: "E", status: "success" });

test("credentials are proved, the audience is looked at once more, and then the POST is sent", async () => {
  const { result, steps } = await posted({ then: [success] });
  expect(result).toEqual({
    kind: "candidate",
    from: "posted",
    entry: success,
    counted,
    posted: { postedAt: LISTED, s3Time: 5_000, before: new Set(["old"]), counted },
  });
  expect(steps).toEqual(["starting the export", "probe", "bucket", "policies", "still wanted?", "POST"]);
});

test("a bucket that has just been opened is refused before the POST, unless that was accepted", async () => {
  const { result, steps } = await posted({ grants: [everyone] });
  expect(result).toBeInstanceOf(PreflightError);
  expect(steps).not.toContain("POST");
  const exposures = bucketExposures(
    { grants: [everyone], website: false },
    { bucket: "bucket", ownAccounts: [], prefix: "exports" },
  );
  const accepted = await posted({ grants: [everyone], plan: { acceptedExposures: exposures.map(exposureId) } });
  expect(accepted.steps).toContain("POST");
});

test("row policies that have just changed take another round", async () => {
  const { result, steps } = await posted({ policies: [] });
  expect(result).toEqual({
    kind: "another round",
    why: "the row policies of dataset dataset have just changed",
  });
  expect(steps).not.toContain("POST");
});

test("an export that nobody waits for any more is not started", async () => {
  const gone = new Error("the engine is gone");
  const { result, steps } = await posted({ stillWanted: () => Promise.reject(gone) });
  expect(result).toBe(gone);
  expect(steps).not.toContain("POST");
});

test("a refusal is thrown, as nothing was started", async () => {
  const refusal = new DomoStatusError("refused", 403, undefined);
  expect((await posted({ answer: refusal })).result).toBe(refusal);
});

test("a slot that was taken takes another round", async () => {
  expect((await posted({ answer: new DomoStatusError("conflict", 409, undefined) })).result).toEqual({
    kind: "another round",
    why: "the slot of dataset dataset was taken by another export",
    isBusy: true,
  });
});

test("after an answer that was lost, state holds what may have started", async () => {
  const { result } = await posted({ answer: new DomoStatusError("Domo answers 503", 503, undefined) });
  expect(result).toMatchObject({
    kind: "unfinished",
    recorded: { exportStatus: "unknown", keyPrefix: "exports/d" },
    cause: { name: "LostAnswerError" },
  });
});

test("an export of before, in the answer, comes with the time of the data", async () => {
  const { result } = await posted({ answer: old });
  expect(result).toEqual({
    kind: "candidate",
    from: "returned",
    entry: old,
    counted,
    list: slot.list,
    data: { changedAt },
  });
});

test("an export that can't be asked for any more is recorded as running", async () => {
  const { result } = await posted({ then: new DomoStatusError("the token has ended", 401, undefined) });
  expect(result).toMatchObject({ kind: "unfinished", recorded: { exportStatus: "exporting", exportId: "E" } });
  expect((result as { cause: Error }).cause).toBeInstanceOf(UnwatchedExportError);
});

test("the export is waited for until the slot's deadline", async () => {
  const { result } = await posted({ then: [listedExport({ exportId: "E" })] });
  expect((result as { cause: Error }).cause.message).toMatch(/^Waited 60 s for export E/);
});
