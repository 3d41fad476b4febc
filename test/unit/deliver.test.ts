import { expect, test } from "vitest";
import type { ExportInputs } from "../../provider/args/schema";
import { deliver } from "../../provider/delivery/deliver";
import type { Order } from "../../provider/delivery/order";
import type { DomoExport } from "../../provider/domo/answers";
import { CancelledError, DomoStatusError, PreflightError } from "../../provider/errors";
import type { ExportState } from "../../provider/state/export-state";
import { listedExport } from "../support/listed-export";
import { inputs, state } from "../support/export-state";
import { leapingClock } from "../support/test-clock";

/** Domo's and S3's time when the clock shows 0. */
const START = Date.parse("2026-01-01T10:00:00.000Z");
const changedAt = "2026-01-01T00:00:00.000Z";
const conflict = new DomoStatusError("conflict", 409, undefined);
const stranger = listedExport({ exportId: "S" });

/** What Domo answers with; each is given how often it was asked before, and the path that the last POST has named. */
interface Domo {
  list?: (times: number, path: string) => DomoExport[];
  poll?: (times: number, path: string) => DomoExport[];
  post?: (times: number, path: string) => DomoExport | Error;
  count?: (times: number) => { rows: number } | Error;
  /** When the data last changed. */
  changed?: (times: number) => string;
  /** The region of the bucket. */
  region?: string;
}

/** What a delivery comes to, and its steps. */
async function delivered({
  domo = {},
  args = {},
  ...order
}: { domo?: Domo; args?: Partial<ExportInputs> } & Partial<Order> = {}) {
  const clock = leapingClock();
  const steps: string[] = [];
  const times = new Map<string, number>();
  let path = "";
  const reply = (name: string, answer: (times: number, path: string) => unknown) => {
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    steps.push(name);
    const value = steps.length > 1000 ? new Error("asked too often") : answer(before, path);
    return value instanceof Error ? Promise.reject(value) : Promise.resolve({ value, domoTime: START + clock.now() });
  };
  const dataset = Object.assign(
    () => {
      const before = times.get("changed") ?? 0;
      times.set("changed", before + 1);
      return Promise.resolve({ name: "Orders", dataUpdated: domo.changed?.(before) ?? changedAt });
    },
    { forget: () => undefined, within: () => dataset() },
  );
  const answer = <T>(value: T) => Object.assign(() => Promise.resolve(value), { forget: () => undefined });
  const services = {
    clock,
    settings: { accessPatienceMs: 0, sessionTokenField: "sessionToken" },
    queue: (id: string) => (name: string, onWait: (before: string[]) => void) => {
      steps.push(`queue of ${id} for ${name}`);
      onWait(["urn:pulumi:dev::shop::type::first", "urn:pulumi:dev::shop::type::second"]);
      return Promise.resolve(() => void steps.push("end of turn"));
    },
    aws: {
      callerCredentials: answer({ accessKeyId: "k", secretAccessKey: "s" }),
      probeWrite: () => Promise.resolve(START + clock.now()),
      list: (_: unknown, folder: string) =>
        Promise.resolve({
          objects: [{ key: `${folder}x.csv`, bytes: 9, etag: "e", lastModified: START + clock.now() }],
          s3Time: START + clock.now(),
        }),
    },
    domo: {
      listExports: () => reply("list", domo.list ?? (() => [])),
      pollExports: () => reply("poll", domo.poll ?? ((_, at) => [written("E", at)])),
      startExport: (_: string, body: { path: string }) => {
        path = body.path;
        return reply("POST", domo.post ?? (() => listedExport({ exportId: "E" })));
      },
      count: () => reply("count", domo.count ?? (() => ({ rows: 3 }))).then(({ value }) => value),
    },
    read: {
      user: answer({ id: "7" }),
      bucketRegion: answer(domo.region ?? "eu-west-3"),
      policies: answer([]),
      dataset,
      bucketSettings: answer({ grants: [], website: false, unreadable: [] }),
      list: answer([]),
      listing: answer([]),
      forgetBucketSettings: () => undefined,
    },
    fresh: { dataset },
  };
  const say = (text: string) => void steps.push(text);
  const all = {
    services,
    report: { progress: say, info: say, warn: () => undefined },
    inputs: { ...inputs, roleArn: undefined, timeoutSeconds: 60, ...args },
    name: "orders",
    stillWanted: () => Promise.resolve(),
    ...order,
  } as unknown as Order;
  const result = await deliver(all).catch((error: unknown) => error as Error);
  await Promise.resolve();
  return { result, steps, now: clock.now() };
}

/** An export that has written one file below a path. */
function written(exportId: string, path: string, more: Partial<DomoExport> = {}): DomoExport {
  const urlRowCountMap = { [`s3://bucket/${path}/${exportId}/x.csv`]: 3 };
  return listedExport({
    exportId,
    status: "success",
    odd: [],
    started: new Date(START).toISOString(),
    urlRowCountMap,
    ...more,
  });
}

const opening = ["queue of dataset for orders", "waits for first and 1 more (same dataset)"];
const untilDelivered = [
  "starting the export",
  "POST",
  "list",
  "Domo does not list it yet",
  "poll",
  "verifying the objects in S3",
  "end of turn",
];

test("an export is counted, started, waited for and verified, and its turn ends", async () => {
  const { result, steps } = await delivered();
  expect(result).toMatchObject({ kind: "delivered", export: { exportId: "E", origin: "created", rowCount: 3 } });
  expect(steps).toEqual([...opening, "list", "count", ...untilDelivered]);
});

/** The path of the definition's exports. */
async function keyPrefix(): Promise<string> {
  const { result } = await delivered();
  return (result as { export: { keyPrefix: string } }).export.keyPrefix;
}
const finished = new Date(START).toISOString();
const again = (attempt: number) => `starts again (attempt ${attempt} of 5)`;
const postsOf = ({ steps }: { steps: string[] }) => steps.filter((step) => step === "POST").length;

test("what the preflight refuses asks Domo for nothing, and its turn ends", async () => {
  const { result, steps } = await delivered({ domo: { region: "us-east-1" } });
  expect(result).toBeInstanceOf(PreflightError);
  expect(steps).toEqual([...opening, "end of turn"]);
});

test("a cancelled operation does not wait for its turn", async () => {
  const { result, steps } = await delivered({ signal: AbortSignal.abort() });
  expect(result).toBeInstanceOf(CancelledError);
  expect(steps).toEqual([...opening, "end of turn"]);
});

test("an export that never ends is recorded as running when the time limit is over", async () => {
  const { result, now } = await delivered({ domo: { poll: () => [listedExport({ exportId: "E" })] } });
  expect(result).toMatchObject({
    kind: "unfinished",
    recorded: { exportStatus: "exporting", exportId: "E" },
    cause: { name: "ExportTimeoutError" },
  });
  expect(now).toBe(60_000);
});

test("the time limit counts from the first round", async () => {
  const path = await keyPrefix();
  const { now } = await delivered({
    domo: { list: () => [written("R", path)], poll: () => [listedExport({ exportId: "E" })] },
  });
  expect(now).toBe(60_000);
});

test("an own export of today's data that an earlier run left is taken over, and none is started", async () => {
  const path = await keyPrefix();
  const outcome = await delivered({ domo: { list: () => [written("R", path, { finished })] } });
  expect(outcome.result).toMatchObject({ kind: "delivered", export: { exportId: "R", origin: "reused" } });
  expect(postsOf(outcome)).toBe(0);
});

test("an own export that can't be verified is left where it is, and another is started, uncounted while the data is the same", async () => {
  const path = await keyPrefix();
  const outcome = await delivered({ domo: { list: () => [written("R", path)] } });
  expect(outcome.result).toMatchObject({ kind: "delivered", export: { exportId: "E", origin: "created" } });
  expect(outcome.steps.slice(2)).toEqual([
    "list",
    "count",
    "verifying the objects in S3",
    again(2),
    "list",
    ...untilDelivered,
  ]);
});

test("while a stranger's export holds the slot, Domo is asked at half of the time limit, and believed", async () => {
  const outcome = await delivered({ domo: { list: () => [stranger], poll: () => [stranger], post: () => conflict } });
  expect(outcome.result).toMatchObject({ name: "ExportTimeoutError" });
  expect({ posts: postsOf(outcome), now: outcome.now }).toEqual({ posts: 1, now: 60_000 });
});

test("an earlier export that can't be used does not keep Domo from being asked", async () => {
  const path = await keyPrefix();
  const list = (times: number) => [written("R", path), ...(times === 0 ? [] : [stranger])];
  const outcome = await delivered({
    domo: { list, poll: (_, posted) => [stranger, ...(posted === "" ? [] : [written("E", posted)])] },
  });
  expect(outcome.result).toMatchObject({ kind: "delivered", export: { exportId: "E" } });
});

test("a patient operation does not ask Domo", async () => {
  const outcome = await delivered({ patient: true, domo: { list: () => [stranger], poll: () => [stranger] } });
  expect(outcome.result).toMatchObject({ name: "ExportTimeoutError" });
  expect({ posts: postsOf(outcome), now: outcome.now }).toEqual({ posts: 0, now: 60_000 });
});

test("what is started in the place of one of ours that never ends has a time limit of its own", async () => {
  const previous: ExportState = { ...state, exportStatus: "exporting", exportId: "P" };
  const list = [listedExport({ exportId: "P" })];
  const outcome = await delivered({ previous, domo: { list: () => list, poll: () => list } });
  expect(outcome.result).toMatchObject({ kind: "unfinished", recorded: { exportStatus: "exporting", exportId: "E" } });
  expect({ posts: postsOf(outcome), now: outcome.now }).toEqual({ posts: 1, now: 120_000 });
});

test("after five attempts without an export of ours, all reasons are said", async () => {
  const path = await keyPrefix();
  const outcome = await delivered({ domo: { list: () => [written("R", path)], post: () => conflict } });
  expect(outcome.result).toBeInstanceOf(PreflightError);
  expect(outcome.result).toMatchObject({
    message:
      "dataset dataset: none of 5 attempts led to an export of ours: an earlier export can't be used; " +
      "the slot of dataset dataset was taken by another export — " +
      "run pulumi up again when the other exports of this dataset are done",
  });
  expect(postsOf(outcome)).toBe(4);
  expect(outcome.steps.filter((step) => step.startsWith("starts"))).toEqual([again(2), again(3), again(4), again(5)]);
  expect(outcome.now).toBe(10_000);
});

const foreign = listedExport({ exportId: "F", status: "success", bucket: "other" });
const reason = 'Domo\'s answer named another export: its bucket is "other", not "bucket"';

test("where the answer named another export, what the POST has started is found in the list", async () => {
  const list = (_: number, path: string) => (path === "" ? [] : [foreign, written("E", path)]);
  const outcome = await delivered({ domo: { list, post: () => foreign } });
  expect(outcome.result).toMatchObject({ kind: "delivered", export: { exportId: "E", origin: "created" } });
  expect(postsOf(outcome)).toBe(1);
});

test("a second answer that names another export ends the delivery: one of ours may have been started", async () => {
  const outcome = await delivered({ domo: { post: (times) => ({ ...foreign, exportId: `F${times}` }) } });
  expect(outcome.result).toMatchObject({
    kind: "unfinished",
    recorded: { exportStatus: "unknown" },
    cause: {
      name: "LostAnswerError",
      message:
        `${reason}, for the second time, and one of ours may have been started — ` +
        "run pulumi up again: it looks for it before it starts another",
    },
  });
  expect(postsOf(outcome)).toBe(2);
});

test("after an answer that named another export, a slot that was taken takes another round", async () => {
  const answers = [foreign, conflict, listedExport({ exportId: "E" })];
  const outcome = await delivered({ domo: { post: (times) => answers[times] ?? conflict } });
  expect(outcome.result).toMatchObject({ kind: "delivered", export: { exportId: "E", origin: "created" } });
});

test("a count that fails is thrown before the POST, and recorded after it", async () => {
  const failure = new DomoStatusError("not counted", 403, undefined);
  expect((await delivered({ domo: { count: () => failure } })).result).toBe(failure);
  const { result } = await delivered({
    domo: {
      post: () => foreign,
      count: (times) => (times === 0 ? { rows: 3 } : failure),
      changed: (times) => new Date(Date.parse(changedAt) + times).toISOString(),
    },
  });
  expect(result).toMatchObject({ kind: "unfinished", recorded: { exportStatus: "unknown" }, cause: failure });
});
