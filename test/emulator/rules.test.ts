import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo, type ExportAnswer } from "./domo-call";
import { column, exportBody, options } from "./small-dataset";

let emulator: Emulator;
const exportPath = "/api/query/v1/export/sales";

beforeAll(async () => {
  emulator = await startEmulator(options);
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

async function post(body: object): Promise<ExportAnswer> {
  return (await domo(emulator.url, exportPath, { body })).body as ExportAnswer;
}

async function foreign(): Promise<string> {
  const record = await emulator.control.startForeignExport({ dataset: "sales", bucket: "theirs" });
  await emulator.control.settle();
  return record.exportId;
}

test("unchanged data is answered with the previous export, whatever is asked", async () => {
  const exportId = await foreign();
  expect(await post(exportBody())).toMatchObject({ exportId, exportStatus: "success", bucket: "theirs" });
  expect(await emulator.control.exports()).toMatchObject([{ exportId, answers: 2 }]);
});

test("new data, an export that aged out or the reuse of same requests only lead to a new export", async () => {
  const exportId = await foreign();
  await emulator.control.advanceData({ dataset: "sales" });
  const second = await post(exportBody());
  expect(second.exportId).not.toBe(exportId);
  await emulator.control.finishExport({ exportId: second.exportId, errorCode: "X" });
  const third = await foreign();
  await emulator.control.forgetExport(third);
  expect((await post(exportBody())).exportId).not.toBe(third);
  await emulator.control.reset();
  await emulator.control.setOptions({ reuse: "same-request" });
  const fourth = await foreign();
  expect((await post(exportBody())).exportId).not.toBe(fourth);
});

test("a second POST gets the running export, 400 or 409", async () => {
  const { exportId } = await emulator.control.startForeignExport({ dataset: "sales", bucket: "theirs", seconds: 60 });
  expect(await post(exportBody())).toMatchObject({ exportId, exportStatus: "none" });
  for (const busy of ["400", "409"] as const) {
    await emulator.control.setOptions({ busy });
    expect(await domo(emulator.url, exportPath, { body: exportBody() })).toMatchObject({ status: Number(busy) });
  }
  await emulator.control.finishExport({ exportId });
  expect(await domo(emulator.url, exportPath)).toMatchObject({ body: [{ exportId, exportStatus: "success" }] });
});

test.each([
  ["401 for an unknown token", "wrong", exportPath, 401, "The developer token is invalid or expired"],
  ["403 without READ", "other-token", exportPath, 403, "Access to dataset sales is denied"],
  [
    "404 for an unknown dataset",
    "reader-token",
    "/api/query/v1/export/x",
    404,
    "There is no dataset x in this instance",
  ],
])("%s", async (_, token, path, status, message) => {
  const answer = await domo(emulator.url, path, { token, body: exportBody() });
  expect(answer).toMatchObject({ status, body: { status, path, message, toe: expect.any(String) as string } });
  expect(await domo(emulator.url, path, { token })).toMatchObject({ status });
});

test("400 for an invalid request, told without its values", async () => {
  const broken = exportBody({ bucket: undefined, queryRequest: { query: { columns: [{ exprType: "LIKE" }] } } });
  const { status, body } = await domo(emulator.url, exportPath, { body: broken });
  expect(status).toBe(400);
  expect((body as ExportAnswer).message).toMatch(
    /^Invalid export request: bucket: .*; queryRequest.query.columns.0.exprType: /,
  );
  expect(JSON.stringify(body)).not.toContain("SECRET");
  const unknown = exportBody({}, { columns: [column("order id")] });
  expect(await post(unknown)).toMatchObject({ statusReason: "Bad Request", message: 'Unknown column "order id"' });
});

test("the list keeps the newest and drops what is old", async () => {
  await foreign();
  const newest = await foreign();
  await emulator.control.setOptions({ listLimit: 1 });
  expect(await domo(emulator.url, exportPath)).toMatchObject({ body: [{ exportId: newest }] });
  await emulator.control.setOptions({ listSeconds: 3600, clockSkewMs: 3_700_000 });
  expect(await domo(emulator.url, exportPath)).toMatchObject({ body: [] });
});

test("a wrong clock shows in times and in the Date header", async () => {
  await emulator.control.setOptions({ clockSkewMs: -3_600_000, statusWords: { none: "RUNNING" } });
  const { headers, body } = await domo(emulator.url, exportPath, { body: exportBody() });
  const hourAgo = Date.now() - 3_600_000;
  const { started, exportStatus } = body as ExportAnswer;
  expect(exportStatus).toBe("RUNNING");
  for (const time of [headers.get("date") ?? "", started])
    expect(Math.abs(Date.parse(time) - hourAgo)).toBeLessThan(3000);
});

test("scaled time runs exports faster and reports full lengths", async () => {
  const fast = await startEmulator({ ...options, timeScale: 1000, exportSeconds: 200 });
  try {
    const before = performance.now();
    await fast.control.startForeignExport({ dataset: "sales", bucket: "b" });
    await fast.control.settle();
    expect(performance.now() - before).toBeLessThan(1500);
    const [record] = await fast.control.exports();
    expect((record?.finishedAt ?? 0) - (record?.startedAt ?? 0)).toBeGreaterThanOrEqual(199_000);
  } finally {
    await fast.close();
  }
});

test("more calls than allowed are answered 429 with Retry-After", async () => {
  await emulator.control.setOptions({ requestsPerSecond: 2 });
  const path = "/api/content/v2/users/me";
  const answers = [await domo(emulator.url, path), await domo(emulator.url, path), await domo(emulator.url, path)];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers[2]?.headers.get("retry-after")).toBe("1");
});
