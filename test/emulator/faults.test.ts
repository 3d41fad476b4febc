import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { FaultRule } from "../../emulator/faults";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo } from "./domo-call";
import { exportBody, options } from "./small-dataset";

let emulator: Emulator;
const exportPath = "/api/query/v1/export/sales";

beforeAll(async () => {
  emulator = await startEmulator({ ...options, exportSeconds: 60 });
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

async function raw(rule: FaultRule, timeout = 2000): Promise<{ status: number; text: string; headers: Headers }> {
  await emulator.control.inject(rule);
  const answer = await fetch(emulator.url + exportPath, {
    method: "POST",
    headers: { "X-DOMO-Developer-Token": "reader-token", "Content-Type": "application/json" },
    body: JSON.stringify(exportBody()),
    redirect: "manual",
    signal: AbortSignal.timeout(timeout),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

async function started(): Promise<number> {
  return (await emulator.control.exports()).length;
}

test("an injected answer replaces the real one and has no effect", async () => {
  const headers = { "Content-Type": "text/html" };
  const answer = await raw({ fault: { kind: "answer", status: 502, headers, body: "<html>Bad gateway</html>" } });
  expect(answer).toMatchObject({ status: 502, text: "<html>Bad gateway</html>" });
  expect(answer.headers.get("content-type")).toBe("text/html");
  expect(await started()).toBe(0);
});

test("a redirect to another host can be injected", async () => {
  const headers = { Location: "http://127.0.0.1:9/elsewhere" };
  const answer = await raw({ fault: { kind: "answer", status: 307, headers } });
  expect([answer.status, answer.headers.get("location")]).toEqual([307, "http://127.0.0.1:9/elsewhere"]);
});

test("truncated JSON takes effect, ended cleanly or abruptly", async () => {
  const { text } = await raw({ fault: { kind: "truncate" } });
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  expect(await started()).toBe(1);
  await expect(raw({ fault: { kind: "truncate", abrupt: true } })).rejects.toThrow("terminated");
});

test("a reset comes before or after the POST took effect", async () => {
  const reset = async (takesEffect: boolean) =>
    expect(raw({ fault: { kind: "reset" }, takesEffect })).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  await reset(false);
  expect(await started()).toBe(0);
  await reset(true);
  expect(await started()).toBe(1);
});

test("a hang never answers, a delay answers late", async () => {
  await expect(raw({ fault: { kind: "hang" } }, 100)).rejects.toMatchObject({ name: "TimeoutError" });
  const before = performance.now();
  expect(await raw({ fault: { kind: "delay", ms: 150 } })).toMatchObject({ status: 200 });
  expect(performance.now() - before).toBeGreaterThan(140);
});

test("a stall sends the headers and half of the body, then nothing, on an open connection", async () => {
  await emulator.control.inject({ fault: { kind: "stall" } });
  const signal = AbortSignal.timeout(300);
  const answer = await fetch(emulator.url + exportPath, {
    headers: { "X-DOMO-Developer-Token": "reader-token" },
    signal,
  });
  expect([answer.status, answer.headers.get("content-length")]).toEqual([200, "2"]);
  const reading = answer.body?.getReader();
  expect((await reading?.read())?.value).toHaveLength(1);
  await expect(reading?.read()).rejects.toMatchObject({ name: "TimeoutError" });
});

test("a trickle sends the whole body in pieces", async () => {
  const { text } = await raw({ fault: { kind: "trickle", bytes: 200, everyMs: 5 } });
  expect(JSON.parse(text)).toMatchObject({ exportStatus: "none" });
  expect(await started()).toBe(1);
});

test("a rule hits the calls that match, after those it skips, as often as it says", async () => {
  const fault = { kind: "answer", status: 500 } as const;
  await emulator.control.inject({
    method: "GET",
    path: "^/api/query/v1/export/",
    dataset: "sales",
    skip: 1,
    times: 2,
    fault,
  });
  const statuses = [];
  for (let call = 0; call < 4; call += 1) {
    expect(await domo(emulator.url, "/api/content/v2/users/me")).toMatchObject({ status: 200 });
    statuses.push(
      (await fetch(emulator.url + exportPath, { headers: { "X-DOMO-Developer-Token": "reader-token" } })).status,
    );
  }
  expect(statuses).toEqual([200, 500, 500, 200]);
  expect(await emulator.control.pendingFaults()).toBe(0);
});

test("the answers about one export can be edited", async () => {
  const { exportId } = await emulator.control.startForeignExport({ dataset: "sales", bucket: "b" });
  const fields = { exportStatus: "PAUSED", finished: null, urlRowCountMap: { "ftp://x": "many" } };
  await emulator.control.editAnswer({ exportId, fields });
  expect(await domo(emulator.url, exportPath)).toMatchObject({ body: [{ exportId, ...fields }] });
});
