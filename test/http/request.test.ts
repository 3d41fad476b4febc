import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createTransport } from "../../provider/domo/client";
import { type DomoRequest, sendOnce } from "../../provider/domo/request";
import type { DomoStatusError } from "../../provider/errors";
import { json, type RawServer, startRawServer } from "../support/http-server";
import { settingsFor } from "../support/settings";
import { leapingClock } from "../support/test-clock";

let domo: RawServer;
beforeAll(async () => {
  domo = await startRawServer();
});
afterAll(() => domo.close());

const DATE = "Thu, 01 Jan 2026 00:00:00 GMT";
const request = { method: "GET", path: "/api/x", purpose: "read x", answer: z.unknown() } as const;

/** Sends a request once through a new transport. */
async function send(more: Partial<DomoRequest<z.ZodUnknown>> = {}) {
  const clock = leapingClock();
  await clock.sleep(5_000);
  const transport = await createTransport(settingsFor(domo.url), clock);
  const outcome = await sendOnce(transport, { ...request, ...more }).catch((error: unknown) => error);
  return { outcome, clock, gate: transport.gate };
}

test("a request says what it wants, and only one with a body what that is", async () => {
  domo.answer(json(200, {}));
  await send();
  await send({ method: "POST", body: { a: 1 } });
  const [read, post] = domo.seen.map(({ method, headers }) => ({ method, ...headers }));
  expect(read).toMatchObject({ method: "GET", accept: "application/json" });
  expect(read).not.toHaveProperty("content-type");
  expect(read).not.toHaveProperty("charset");
  expect(post).toMatchObject({
    method: "POST",
    accept: "application/json",
    "content-type": "application/json",
    charset: "UTF-8",
    "content-length": "7",
  });
});

test("an answer has Domo's own time, or ours where it says none", async () => {
  domo.answer(json(299, { a: 1 }, { date: DATE }));
  expect((await send()).outcome).toEqual({ value: { a: 1 }, domoTime: Date.parse(DATE) });
  domo.answer((response) => {
    response.sendDate = false;
    json(200, { a: 1 })(response);
  });
  expect((await send()).outcome).toEqual({ value: { a: 1 }, domoTime: 5_000 });
});

test.each<[header: string | string[], ms: number | undefined]>([
  ["7", 7_000],
  [["7", "9"], 7_000],
  ["Thu, 01 Jan 2026 00:00:09 GMT", 9_000],
  ["Wed, 31 Dec 2025 23:59:59 GMT", 0],
  ["7 seconds", undefined],
  ["1e3", undefined],
  ["soon", undefined],
])("a Retry-After of %j is %s ms", async (header, ms) => {
  domo.answer((response) => {
    response.setHeader("retry-after", header);
    json(400, {}, { date: DATE })(response);
  });
  expect(((await send()).outcome as DomoStatusError).retryAfterMs).toBe(ms);
});

test.each([
  [429, undefined, 500, 1_000],
  [429, "3", 500, 3_000],
  [503, undefined, 500, 0],
  [503, "3", 500, 3_000],
  [500, "3", 1_000, 0],
  [400, "3", 1_000, 0],
])(
  "after a %i with Retry-After %s, the rate is %i and the next request waits for %i ms",
  async (status, after, rate, ms) => {
    domo.answer(json(status, {}, after === undefined ? {} : { "retry-after": after }));
    const { gate, clock } = await send();
    expect(gate.rate).toBe(rate);
    await gate.run("read", () => Promise.resolve());
    expect(clock.now()).toBe(5_000 + ms);
  },
);

test("an answer that takes its time is waited for, before its first byte and within it", async () => {
  domo.answer((response: ServerResponse) => {
    void sleep(60)
      .then(() => response.write('{"a":'))
      .then(() => sleep(60))
      .then(() => response.end("1}"));
  });
  expect((await send()).outcome).toMatchObject({ value: { a: 1 } });
});
