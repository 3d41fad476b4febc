import { expect, test } from "vitest";
import { activeExport, freeSlot, type SlotLimits } from "../../provider/delivery/free-slot";
import type { Order } from "../../provider/delivery/order";
import type { DomoExport } from "../../provider/domo/answers";
import { CancelledError, ExportTimeoutError } from "../../provider/errors";
import type { Clock } from "../../provider/host/clock";
import type { ExportState } from "../../provider/state/export-state";
import { listedExport } from "../support/listed-export";
import { inputs, state } from "../support/export-state";
import { leapingClock } from "../support/test-clock";

/** Domo's time when the clock shows 0. */
const DOMO = Date.parse("2026-01-01T10:00:00.000Z");
const ago = (ms: number) => new Date(DOMO - ms).toISOString();
const running = listedExport({ exportId: "12345678-90" });
const ended = listedExport({ exportId: "12345678-90", status: "success" });

interface Case extends Partial<Order> {
  /** Lists and polls, one after the other; the last one for all that follow. */
  lists?: DomoExport[][];
  polls?: (DomoExport[] | Error)[];
  limits?: Partial<SlotLimits>;
  /** The clock when the wait begins. */
  from?: number;
}

/** What becomes of a wait for the slot, when, and what was done on the way. */
async function waited({ lists = [[running], []], polls = [[ended]], limits, from = 0, ...order }: Case = {}) {
  const leaping = leapingClock();
  await leaping.sleep(from);
  const asked: unknown[] = [];
  const rows: string[] = [];
  const clock: Clock = {
    ...leaping,
    sleep: (ms, signal) => leaping.sleep(ms).then(() => void (signal && asked.push(["sleep", signal]))),
  };
  const next = <T>(answers: T[]): T => (answers.length > 1 ? answers.shift() : answers[0]) as T;
  const reply =
    (name: string, answers: (DomoExport[] | Error)[]) =>
    (...args: unknown[]) => {
      asked.push([name, ...args]);
      const value = asked.length > 1000 ? new Error("asked too often") : next(answers);
      return value instanceof Error ? Promise.reject(value) : Promise.resolve({ value, domoTime: DOMO + clock.now() });
    };
  const services = {
    clock,
    domo: { listExports: reply("list", [...lists]), pollExports: reply("poll", [...polls]) },
    read: { forgetBucketSettings: (bucket: string) => void asked.push(["forget", bucket]) },
  };
  const report = { progress: (text: string) => void rows.push(text) };
  const all = { services, report, inputs, ...order } as unknown as Order;
  const wait = freeSlot(all, { start: 0, deadline: 10_000, asksDomo: false, ...limits });
  const result = await wait.then(({ value }) => value).catch((error: unknown) => error as Error);
  return { result, asked, rows: [...new Set(rows)], now: clock.now() };
}

test("a free slot is not waited for", async () => {
  const { signal } = new AbortController();
  expect(await waited({ lists: [[ended]], signal })).toEqual({
    result: [ended],
    asked: [["list", "dataset", signal]],
    rows: [],
    now: 0,
  });
});

test("an export that runs is polled for, and the list is read anew once it has ended, as are the bucket's settings", async () => {
  const { signal } = new AbortController();
  const { result, asked, rows, now } = await waited({ signal });
  expect(result).toEqual([]);
  expect(asked).toEqual([
    ["list", "dataset", signal],
    ["sleep", signal],
    ["poll", "dataset", signal],
    ["forget", "bucket"],
    ["list", "dataset", signal],
  ]);
  expect(rows).toEqual(["dataset busy elsewhere (12345678)"]);
  expect(now).toBe(150);
});

test("the row says how long the slot has been held, by Domo's clock", async () => {
  const held = (ms: number) => waited({ lists: [[{ ...running, bucket: "bucket", started: ago(ms) }], []] });
  expect((await held(10_000)).rows).toEqual(["dataset busy for 10 s (12345678)"]);
  expect((await held(9_999)).rows).toEqual(["dataset busy (12345678)"]);
  const { rows } = await waited({
    lists: [[{ ...running, started: ago(9_500) }], []],
    polls: [[running], [running], [ended]],
  });
  expect(rows).toEqual(["dataset busy elsewhere (12345678)", "dataset busy elsewhere for 10 s (12345678)"]);
  expect((await waited({ lists: [[{ ...running, started: ago(-60_000) }], []] })).now).toBe(150);
});

test("an export that has long been running is polled less often", async () => {
  expect((await waited({ lists: [[{ ...running, started: ago(24_000) }], []] })).now).toBe(1_150);
});

test("the own export of an earlier run has its own row", async () => {
  const previous: ExportState = { ...state, exportStatus: "exporting", exportId: running.exportId };
  expect((await waited({ previous })).rows).toEqual(["Domo still runs its export (12345678)"]);
});

test("the own export is waited for until its word is final, a complete one is not", async () => {
  const finished = { ...running, finished: ago(0) };
  const previous: ExportState = { ...state, exportStatus: "exporting", exportId: running.exportId };
  expect((await waited({ lists: [[finished], []], previous })).now).toBe(150);
  expect((await waited({ lists: [[finished], []], previous: { ...previous, exportStatus: "success" } })).now).toBe(0);
});

const others =
  "it holds the dataset's only slot, so nothing was started; if an interrupted run of yours has started it, " +
  "pulumi up takes it over once it has ended; run again later, or raise ";
const own = (what: string) =>
  `the export goes on at Domo and the next pulumi up looks for it; raise ${what} if it always takes this long`;
const previous: ExportState = { ...state, exportStatus: "exporting", exportId: running.exportId };
test.each<[string, Partial<Order>, string]>([
  ["a stranger's export", {}, `${others}timeoutSeconds`],
  ["a stranger's export", { limitedBy: "customTimeouts" }, `${others}customTimeouts`],
  ["the own export", { previous }, own("timeoutSeconds")],
  ["the own export", { previous, limitedBy: "customTimeouts" }, own("customTimeouts")],
])("time is over while %s runs, with %j", async (_, order, advice) => {
  const { result, now } = await waited({ polls: [[running]], from: 5_000, ...order });
  expect(result).toBeInstanceOf(ExportTimeoutError);
  const [fact, rest] = (result as Error).message.split(" — ");
  expect(fact).toMatch(/^Waited 10 s for export 12345678-90, whose status was "exporting" \d+×$/);
  expect({ rest, now }).toEqual({ rest: advice, now: 10_000 });
});

test("an operation that begins when its time is over does not take the slot for free", async () => {
  expect((await waited({ lists: [[running]], from: 10_000 })).result).toBeInstanceOf(ExportTimeoutError);
});

test("where Domo may be asked, a stranger's export has half the time limit, then the list is as it is", async () => {
  const limits = { start: 2_000, deadline: 10_000, asksDomo: true };
  expect(await waited({ lists: [[running]], polls: [[running]], from: 2_000, limits })).toMatchObject({
    result: [running],
    now: 6_000,
  });
  const late = await waited({ lists: [[running]], from: 6_000, limits });
  expect(late).toMatchObject({ result: [running], now: 6_000, rows: [] });
  expect((await waited({ lists: [[running], []], from: 5_900, limits })).now).toBe(6_000);
});

test("where Domo may be asked, the own export still has the whole time limit", async () => {
  const limits = { asksDomo: true };
  const lists = [[running]];
  expect(await waited({ lists, polls: [[running]], limits, previous })).toMatchObject({
    result: [running],
    now: 10_000,
  });
});

test("what is no time limit ends the wait", async () => {
  const cancelled = new CancelledError("the run was cancelled");
  expect((await waited({ polls: [cancelled], limits: { asksDomo: true } })).result).toBe(cancelled);
});

const DAY = 86_400_000;
test.each<[string, Partial<DomoExport>, boolean]>([
  ["runs", {}, true],
  ["runs since a moment less than a day ago", { started: ago(DAY - 1) }, true],
  ["never ends", { started: ago(DAY) }, false],
  ["has no word", { status: "" }, false],
  ["has an end", { finished: ago(0) }, false],
  ["has a word that is not known", { status: "paused" }, true],
  ["has succeeded", { status: "success" }, false],
])("an export that %s occupies the slot: %s", (_, entry, occupies) => {
  const active = activeExport({ value: [listedExport({ exportId: "E", ...entry })], domoTime: DOMO });
  expect(active?.exportId).toBe(occupies ? "E" : undefined);
});

test("the own export occupies the slot even where its end has a time", () => {
  const value = [listedExport({ exportId: "F", finished: ago(0) }), listedExport({ exportId: "E", finished: ago(0) })];
  expect(activeExport({ value, domoTime: DOMO }, "E")?.exportId).toBe("E");
});
