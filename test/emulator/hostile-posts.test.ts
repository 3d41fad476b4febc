import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo, type ExportAnswer } from "./domo-call";
import { exportBody, options, reader } from "./small-dataset";

let emulator: Emulator;
const exportPath = "/api/query/v1/export/sales";

beforeAll(async () => {
  const second = { token: "second-token", id: 9, displayName: "Second", datasets: { sales: "READ" } };
  // The exports never get to S3: those that end are ended without credentials or by hand.
  emulator = await startEmulator({ ...options, exportSeconds: 60, users: [reader, second] });
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

async function post(token?: string, path = "team/sales"): Promise<ExportAnswer> {
  return (await domo(emulator.url, exportPath, { body: exportBody({ path }), token })).body as ExportAnswer;
}

async function foreign(userId?: number): Promise<string> {
  const { exportId } = await emulator.control.startForeignExport({ dataset: "sales", bucket: "theirs", userId });
  await emulator.control.finishExport({ exportId });
  return exportId;
}

async function owners(): Promise<number[]> {
  return (await emulator.control.exports()).map(({ userId }) => userId);
}

test("a narrowed row policy on unchanged data gets the old file back", async () => {
  const exportId = await foreign();
  const policies = [{ filterGroupId: 1, name: "None", type: "user", userIds: [7] }] as const;
  await emulator.control.setPdp({ dataset: "sales", pdp: { enabled: true, policies } });
  expect(await post()).toMatchObject({ exportId });
  expect(await emulator.control.exports()).toMatchObject([{ policies: null }]);
});

test("reuse may ask for the same user only", async () => {
  await emulator.control.setOptions({ reuse: "same-user" });
  const exportId = await foreign(9);
  expect(await post("second-token", "another/path")).toMatchObject({ exportId });
  expect((await post("reader-token")).exportId).not.toBe(exportId);
});

test("a second POST starts a second export, a stranger a third", async () => {
  await emulator.control.setOptions({ busy: "starts-second" });
  const [first, second] = [await post(), await post()];
  expect(second.exportId).not.toBe(first.exportId);
  await emulator.control.startForeignExport({ dataset: "sales", bucket: "theirs" });
  expect(await owners()).toEqual([7, 7, 999]);
  const { body } = await domo(emulator.url, exportPath);
  expect(body).toMatchObject([{ exportStatus: "none" }, { exportStatus: "none" }, { exportStatus: "none" }]);
});

test("the POST's answer may have no body though the export started", async () => {
  await emulator.control.setOptions({ postAnswer: "empty-200", createdStatus: 201 });
  const answer = await fetch(emulator.url + exportPath, {
    method: "POST",
    headers: { "X-DOMO-Developer-Token": "reader-token", "Content-Type": "application/json" },
    body: JSON.stringify(exportBody()),
  });
  expect([answer.status, await answer.text()]).toEqual([200, ""]);
  expect(await owners()).toEqual([7]);
});

test("the POST's answer may name somebody else's export while ours starts", async () => {
  await emulator.control.setOptions({ postAnswer: "foreign" });
  const { exportId } = await emulator.control.startForeignExport({ dataset: "sales", bucket: "theirs" });
  expect(await post()).toMatchObject({ exportId, bucket: "theirs" });
  expect(await owners()).toEqual([999, 7]);
});

test("without a foreign export the lying answer brings one about", async () => {
  await emulator.control.setOptions({ postAnswer: "foreign" });
  expect(await post()).toMatchObject({ bucket: "theirs" });
  expect(await owners()).toEqual([7, 999]);
});

test("a POST joins a stranger's export, which then fails", async () => {
  const fails = { errorCode: "AccessDenied", message: "Theirs" };
  await emulator.control.startForeignExport({ dataset: "sales", bucket: "theirs", seconds: 0.2, fails });
  const { exportId } = await post();
  await emulator.control.settle();
  const { body } = await domo(emulator.url, exportPath);
  expect(body).toMatchObject([{ exportId, exportStatus: "error", ...fails }]);
  expect((await post()).exportId).not.toBe(exportId);
});
