import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { signatureMark } from "../../emulator/file-url";
import { emulatorControlClient, type EmulatorControlClient } from "../../emulator/control-client";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo, type ExportAnswer } from "./domo-call";
import { exportBody, options } from "./small-dataset";

let emulator: Emulator;
let control: EmulatorControlClient;
const exportPath = "/api/query/v1/export/sales";
const stuck = { exportId: "old", exportStatus: "exporting", started: "2020-01-01T00:00:00Z", bucket: "b" };

beforeAll(async () => {
  emulator = await startEmulator({ ...options, exportSeconds: 60 });
  control = emulatorControlClient(emulator.url);
});
beforeEach(() => control.reset());
afterAll(() => emulator.close());

async function list(): Promise<unknown[]> {
  return (await domo(emulator.url, exportPath)).body as unknown[];
}

test("odd entries stand in every list as they are, before or after the exports, until they are taken out", async () => {
  const oddEntries = [
    { exportId: "a", exportStatus: null, started: "yesterday", urlRowCountMap: { "s3://b/k": -1 } },
    { exportStatus: "success" },
    null,
    7,
    "https://b.s3.amazonaws.com/k?X-Amz-Signature=x",
    [],
  ];
  const { exportId } = await control.startForeignExport({ dataset: "sales", bucket: "b" });
  const ours = expect.objectContaining({ exportId }) as unknown;
  await control.setOptions({ oddEntries });
  expect(await list()).toEqual([ours, ...oddEntries]);
  await control.setOptions({ oddEntriesAt: "before" });
  expect(await list()).toEqual([...oddEntries, ours]);
  await control.setOptions({ oddEntries: [] });
  expect(await list()).toEqual([ours]);
});

test("a raw entry stands in the list of its dataset and does not keep a POST from starting", async () => {
  const number = await control.addEntry({ dataset: "sales", entry: stuck });
  expect(await list()).toEqual([stuck]);
  const { body } = await domo(emulator.url, exportPath, { body: exportBody() });
  expect(await control.exports()).toMatchObject([{ exportId: (body as ExportAnswer).exportId, userId: 7 }]);
  await control.removeEntry(number);
  expect(await list()).toMatchObject([{ exportStatus: "none" }]);
  await expect(control.removeEntry(number)).rejects.toThrow(`There is no entry ${number}`);
});

test("a raw entry may hold the slot: a POST is answered as busy says, until it is removed", async () => {
  const number = await control.addEntry({ dataset: "sales", entry: stuck, holdsSlot: true });
  const post = () => domo(emulator.url, exportPath, { body: exportBody() });
  expect(await post()).toMatchObject({ status: 200, body: stuck });
  for (const busy of ["400", "409"] as const) {
    await control.setOptions({ busy });
    expect(await post()).toMatchObject({ status: Number(busy) });
  }
  expect(await control.exports()).toEqual([]);
  await control.setOptions({ busy: "starts-second" });
  expect(await post()).toMatchObject({ body: { exportStatus: "none" } });
  await control.setOptions({ busy: "running-200" });
  await control.removeEntry(number);
  const [running] = await control.exports();
  expect(await post()).toMatchObject({ body: { exportId: running?.exportId } });
});

test("a list can be filled up to tens of megabytes of presigned URLs, the same each time", async () => {
  const { exportId } = await control.startForeignExport({ dataset: "sales", bucket: "b" });
  await control.setOptions({ padListBytes: 40_000_000 });
  const text = async () =>
    (await fetch(emulator.url + exportPath, { headers: { "X-DOMO-Developer-Token": "reader-token" } })).text();
  const first = await text();
  expect(first.length).toBeGreaterThanOrEqual(40_000_000);
  expect(await text()).toBe(first);
  const entries = JSON.parse(first) as (ExportAnswer & { tempUrlRowCountMap: Record<string, number> })[];
  expect(entries.at(-1)).toMatchObject({ exportId });
  expect(new Set(entries.map((entry) => entry.exportId)).size).toBe(entries.length);
  const [url = ""] = Object.keys(entries[0]?.tempUrlRowCountMap ?? {});
  expect(url).toContain(signatureMark);
  expect(url.length).toBeGreaterThan(900);
  await control.setOptions({ padListBytes: 0 });
  expect(await list()).toHaveLength(1);
});
