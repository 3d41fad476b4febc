import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RuntimeOptions } from "../../emulator/options";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo, type ExportAnswer } from "./domo-call";
import { options } from "./small-dataset";

let emulator: Emulator;
const exportPath = "/api/query/v1/export/sales";

beforeAll(async () => {
  emulator = await startEmulator({ ...options, exportSeconds: 60 });
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

async function ended(): Promise<{ startedAt: number; finishedAt: number | null }> {
  const { exportId } = await emulator.control.startForeignExport({ dataset: "sales", bucket: "b" });
  return emulator.control.finishExport({ exportId });
}

async function entry(changes: Partial<RuntimeOptions>): Promise<Record<string, unknown>> {
  await emulator.control.setOptions(changes);
  const { body } = await domo(emulator.url, exportPath);
  return (body as Record<string, unknown>[])[0] ?? {};
}

test("times are written in each form that a caller has to read", async () => {
  const { startedAt } = await ended();
  const started = async (timeFormat: RuntimeOptions["timeFormat"]) => (await entry({ timeFormat })).started;
  const iso = new Date(startedAt).toISOString();
  expect(await started("iso")).toBe(iso);
  expect(await started("iso-without-zone")).toBe(iso.replace("Z", ""));
  const offset = await started("iso-offset");
  expect(offset).toMatch(/\+02:00$/);
  expect(Date.parse(String(offset))).toBe(startedAt);
  expect(await started("epoch")).toBe(startedAt);
  expect(await started("epoch-text")).toBe(String(startedAt));
});

test("started and finished can be absent or null, each without the other", async () => {
  await ended();
  expect(await entry({ startedTimes: "absent" })).not.toHaveProperty("started");
  const other = await entry({ startedTimes: "null" });
  expect([other.started, typeof other.finished]).toEqual([null, "string"]);
  expect(await entry({ startedTimes: "present", finishedTimes: "absent" })).not.toHaveProperty("finished");
  const last = await entry({ finishedTimes: "null" });
  expect([typeof last.started, last.finished, last.exportStatus]).toEqual(["string", null, "success"]);
});

test("an ended export gets another word later, a running one keeps its own", async () => {
  await ended();
  const laterWord = { afterSeconds: 3600, word: "EXPIRED" };
  expect(await entry({ laterWord })).toMatchObject({ exportStatus: "success" });
  await emulator.control.startForeignExport({ dataset: "sales", bucket: "b" });
  await emulator.control.setOptions({ clockSkewMs: 3_600_000 });
  const { body } = await domo(emulator.url, exportPath);
  expect(body).toMatchObject([{ exportStatus: "EXPIRED" }, { exportStatus: "none", finished: null }]);
});

test("an export ends in an unknown word, all of them or a single one", async () => {
  const first = await emulator.control.startForeignExport({ dataset: "sales", bucket: "b" });
  await emulator.control.finishExport({ exportId: first.exportId, endWord: "PAUSED" });
  await emulator.control.setOptions({ endWord: "CANCELLED" });
  await ended();
  await emulator.control.setOptions({ endWord: null });
  await ended();
  const { body } = await domo(emulator.url, exportPath);
  const text = expect.any(String) as string;
  expect(body).toMatchObject([
    { exportStatus: "PAUSED", finished: text, errorCode: null },
    { exportStatus: "CANCELLED", finished: text, errorCode: null },
    { exportStatus: "success", finished: text },
  ]);
});

test("a success has no URLs for a while: no map, null or an empty one", async () => {
  await emulator.control.setOptions({ urlsLaterSeconds: 600 });
  await ended();
  const before = await entry({ urlMapLess: "absent" });
  expect(before).toMatchObject({ exportStatus: "success" });
  expect(before).not.toHaveProperty("urlRowCountMap");
  expect(before).not.toHaveProperty("tempUrlRowCountMap");
  expect(await entry({ urlMapLess: "null" })).toMatchObject({ urlRowCountMap: null, tempUrlRowCountMap: null });
  const empty = await entry({ urlMapLess: "empty" });
  expect([empty.urlRowCountMap, empty.tempUrlRowCountMap]).toEqual([{}, {}]);
  const after = await entry({ urlMapLess: "absent", clockSkewMs: 601_000 });
  expect((after as unknown as ExportAnswer).urlRowCountMap).toEqual({});
});
