import { expect, test } from "vitest";
import { requestBody, startExport } from "../../provider/delivery/start-export";
import type { Order, Plan } from "../../provider/delivery/order";
import type { ExportInputs } from "../../provider/args/schema";
import type { DomoExport } from "../../provider/domo/answers";
import { DomoConnectionError, DomoStatusError } from "../../provider/errors";
import { compile } from "../../provider/query/compile";
import { listedExport } from "../support/listed-export";
import { inputs } from "../support/export-state";
import { leapingClock } from "../support/test-clock";

const plan = {
  place: { bucket: "b", region: "eu-west-3" },
  definition: { digest: "d", keyPrefix: "exports/d" },
} as Plan;
const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
const settings = { sessionTokenField: "awsSessionToken" };
/** Domo's time of the list before the POST. */
const LISTED = Date.parse("2026-01-01T10:00:00.000Z");
const at = (ms: number) => new Date(LISTED + ms).toISOString();
const entry = (more: Partial<DomoExport> = {}) => listedExport({ exportId: "E", ...more });
const refusal = (status: number) => new DomoStatusError("refused", status, undefined);
const reset = new DomoConnectionError("reset", false);
const unsent = new DomoConnectionError("connection refused", true);

/** What the POST comes to when Domo answers it so, one answer after the other; likewise the list that is read later. */
async function started(
  answers: (DomoExport | Error)[],
  lists: (DomoExport[] | Error)[] = [],
  before: DomoExport[] = [],
) {
  const clock = leapingClock();
  await clock.sleep(1000);
  const calls: string[] = [];
  const next = <T>(from: (T | Error)[], name: string): Promise<T> => {
    calls.push(name);
    const answer = (from.length > 1 ? from.shift() : from[0]) as T | Error;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const domo = {
    startExport: () =>
      clock
        .sleep(50)
        .then(() => next(answers, "POST"))
        .then((value) => ({ value, domoTime: LISTED + clock.now() })),
    listExports: () => next(lists, "list").then((value) => ({ value, domoTime: LISTED + clock.now() })),
  };
  const forget = (name: string) => () => void calls.push(name);
  const read = {
    list: { forget: forget("forget list") },
    listing: { forget: forget("forget listing") },
    forgetBucketSettings: forget("forget settings"),
  };
  const order = { services: { domo, clock, read, settings }, inputs } as unknown as Order;
  const outcome = await startExport(order, plan, { credentials, list: { value: before, domoTime: LISTED } });
  return { outcome, calls: calls.slice(3), forgotten: calls.slice(0, 3) };
}

test("a new export is started; what was read before is read anew", async () => {
  expect(await started([entry()])).toEqual({
    outcome: { kind: "started", entry: entry(), postedAt: LISTED + 1000 },
    calls: ["POST"],
    forgotten: ["forget list", "forget listing", "forget settings"],
  });
});

test.each([
  ["an ended export that was listed before", entry({ status: "success" }), [entry()], "returned"],
  ["a running export that was listed before", entry(), [entry()], "busy"],
  ["an ended export from long before", entry({ status: "success", started: at(-120_001) }), [], "returned"],
  ["an ended export from just before", entry({ status: "success", started: at(-120_000) }), [], "started"],
  ["an ended export without a time", entry({ status: "success" }), [], "started"],
  ["a running export from long before", entry({ started: at(-999_999) }), [], "started"],
])("%s, in the answer, is known for what it is", async (_, answer, before, kind) => {
  expect((await started([answer], [], before)).outcome).toMatchObject({
    kind,
    ...(kind !== "busy" && { entry: answer }),
  });
});

test.each([
  [409, [], [], "busy"],
  [400, [entry({ exportId: "F" })], [], "busy"],
  [400, [], [entry({ exportId: "F" })], "busy"],
  [400, [], [], "refused"],
  [400, [], [entry({ exportId: "F", status: "success" })], "refused"],
  [403, [], [entry({ exportId: "F" })], "refused"],
  [499, [], [], "refused"],
])("a POST that is answered with %i, before %j, now %j, is %s", async (status, before, now, kind) => {
  const { outcome, calls } = await started([refusal(status)], [now], before);
  expect(outcome.kind).toBe(kind);
  expect(calls.filter((call) => call === "POST")).toHaveLength(1);
});

test("a 400 is a refusal where the list can't be read", async () => {
  const error = refusal(400);
  expect((await started([error], [reset])).outcome).toEqual({ kind: "refused", error });
});

test.each([[reset], [refusal(500)], [refusal(503)]])(
  "after %s, the list shows whether one was started",
  async (error) => {
    const found = await started([error], [[entry()]]);
    expect(found.outcome).toMatchObject({ kind: "started", entry: entry() });
    expect(found.calls).toEqual(["POST", "list"]);
    const lost = await started([error], [[entry()]], [entry()]);
    expect(lost.outcome.kind).toBe("lost");
    expect(lost.calls.filter((call) => call === "POST")).toHaveLength(1);
  },
);

test.each([[unsent], [refusal(429)]])(
  "after %s, the POST goes out again when the list shows nothing new",
  async (error) => {
    expect((await started([error, entry()], [[]])).calls).toEqual(["POST", "list", "POST"]);
    const found = await started([error, entry()], [[entry({ exportId: "F" })]]);
    expect(found.calls).toEqual(["POST", "list"]);
    expect(found.outcome).toMatchObject({ kind: "started", entry: { exportId: "F" } });
  },
);

test("a POST that never reached Domo is refused in the end, and nothing was started", async () => {
  const { outcome } = await started([unsent], [[]]);
  expect(outcome).toEqual({ kind: "refused", error: unsent });
});

test("the body has what was declared, and no key without a value", () => {
  const body = (args: Partial<ExportInputs>, sessionToken?: string) =>
    requestBody(
      { services: { settings }, inputs: { ...inputs, kmsKeyId: undefined, ...args } } as unknown as Order,
      plan,
      { ...credentials, sessionToken },
    );
  const plain = {
    awsAccessKey: "key",
    awsAccessSecret: "secret",
    bucket: "b",
    path: "exports/d",
    region: "eu-west-3",
    queryRequest: { includeBOM: false, useCache: false, query: compile(inputs.query) },
    source: "pulumi-domo-s3-export",
  };
  expect(body({})).toStrictEqual(plain);
  expect(body({ kmsKeyId: "k", includeBom: true, useCache: true }, "token")).toStrictEqual({
    ...plain,
    awsKmsKey: "k",
    awsSessionToken: "token",
    queryRequest: { ...plain.queryRequest, includeBOM: true, useCache: true },
  });
});
