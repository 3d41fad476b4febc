import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDomoClient } from "../../provider/domo/client";
import { DomoAnswerError, DomoConnectionError, DomoStatusError } from "../../provider/errors";
import { json, type RawServer, startRawServer } from "../support/http-server";
import { settingsFor } from "../support/settings";
import { leapingClock } from "../support/test-clock";

const TOKEN = "marked-developer-token";
let domo: RawServer;
let elsewhere: RawServer;
beforeAll(async () => {
  [domo, elsewhere] = await Promise.all([startRawServer(), startRawServer()]);
});
afterAll(() => Promise.all([domo.close(), elsewhere.close()]));

async function client(requestTimeoutMs = 10_000) {
  const clock = leapingClock();
  const settings = settingsFor(domo.url, { token: TOKEN, requestTimeoutMs });
  return { clock, domo: await createDomoClient(settings, clock) };
}
const label = (path: string, method = "GET") => `[${method}] "${domo.url}${path}"`;
const user = json(200, { id: 27, displayName: "Dana" });

test("the token goes along in its header, and nowhere in the address", async () => {
  domo.answer(user);
  expect(await (await client()).domo.user()).toEqual({ id: "27", displayName: "Dana" });
  expect(domo.seen).toHaveLength(1);
  expect(domo.seen[0]).toMatchObject({ url: "/api/content/v2/users/me" });
  expect(domo.seen[0]?.headers["x-domo-developer-token"]).toBe(TOKEN);
});

test.each([301, 302, 303, 307, 308])("a redirect with %i is not followed", async (status) => {
  elsewhere.answer(user);
  domo.answer(json(status, {}, { location: `${elsewhere.url}/api/content/v2/users/me` }));
  const failure = await (await client()).domo.user().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DomoStatusError);
  expect((failure as Error).message).toMatch(
    "could not read the token's user: Domo redirects elsewhere, which is not followed because the token would go along; " +
      "check the instance's address",
  );
  expect(elsewhere.seen).toEqual([]);
  expect(domo.seen).toHaveLength(1);
});

test.each(["with", "without"])(
  "an answer of more than 16 MiB, %s its length announced, is given up once",
  async (how) => {
    const size = 16 * 1024 * 1024 + 1;
    domo.answer((response) => {
      response.writeHead(200, {
        "content-type": "application/json",
        ...(how === "with" && { "content-length": size }),
      });
      response.end(Buffer.alloc(size, " "));
    });
    await expect((await client()).domo.user()).rejects.toThrow(
      new DomoAnswerError(
        `${label("/api/content/v2/users/me")}: the answer is larger than 16 MiB — could not read the token's user; ` +
          "check the instance's address",
        false,
      ),
    );
    expect(domo.seen).toHaveLength(1);
  },
);

test("an answer that never comes, one that stops halfway, and one that trickles in for ever end at the time limit", async () => {
  const outcome = async () => (await client(400)).domo.startExport("d", {}).catch((error: unknown) => error as Error);
  const start = performance.now();
  domo.answer(() => undefined);
  const silent = await outcome();
  domo.answer((response) => response.writeHead(200, { "content-type": "application/json" }).write('[{"exportId":'));
  const stalled = await outcome();
  domo.answer((response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const drip = setInterval(() => response.write(" "), 50);
    response.on("close", () => clearInterval(drip));
  });
  const dripping = await outcome();
  for (const failure of [silent, stalled, dripping]) {
    expect(failure).toBeInstanceOf(DomoConnectionError);
    expect(failure).toMatchObject({
      neverSent: false,
      message:
        `${label("/api/query/v1/export/d", "POST")}: no whole answer within the time limit — could not start the export; ` +
        "run again, or raise domo:requestTimeoutSeconds",
    });
  }
  expect(performance.now() - start).toBeLessThan(15_000);
});

test("a list that stops halfway ends at the time limit, is asked for again, and leaves no request in flight", async () => {
  const half = (response: ServerResponse) =>
    void response.writeHead(200, { "content-type": "application/json" }).write('[{"exportId":');
  domo.answer(half, half, half, half, json(200, [{ exportId: "e", exportStatus: "success" }]));
  const { domo: reader } = await client(200);
  expect((await reader.listExports("d")).value).toMatchObject([{ exportId: "e", status: "success" }]);
  expect(domo.seen).toHaveLength(5);
});

test("a list that breaks off is asked for again", async () => {
  const broken = (response: ServerResponse) => void response.writeHead(200).end('[{"exportId":"e"');
  domo.answer(broken, json(200, []));
  expect((await (await client()).domo.listExports("d")).value).toEqual([]);
  domo.answer(json(200, { exports: [] }));
  await expect((await client()).domo.listExports("d")).rejects.toThrow(
    "an answer of an unexpected shape (answer: Invalid input: expected array, received object) — could not list the exports",
  );
});

test("a connection that breaks is tried again by a read", async () => {
  domo.answer((response) => response.socket?.resetAndDestroy(), user);
  expect(await (await client()).domo.user()).toMatchObject({ id: "27" });
  expect(domo.seen).toHaveLength(2);
});

test("a read that Domo slows down waits as long as it is told, and slows down itself", async () => {
  domo.answer(json(429, {}, { "retry-after": "7" }), json(503, {}, { "retry-after": "20" }), user);
  const { clock, domo: slowed } = await client();
  expect(await slowed.user()).toMatchObject({ id: "27" });
  expect(domo.seen).toHaveLength(3);
  expect(clock.now()).toBeGreaterThanOrEqual(27_000);
  expect(clock.now()).toBeLessThan(28_000);
});

test("a Retry-After date is measured by Domo's clock", async () => {
  const date = "Thu, 01 Jan 2026 00:00:00 GMT";
  domo.answer(json(429, {}, { date, "retry-after": "Thu, 01 Jan 2026 00:00:09 GMT" }), user);
  const { clock, domo: slowed } = await client();
  await slowed.user();
  expect(clock.now()).toBeGreaterThanOrEqual(9_000);
  expect(clock.now()).toBeLessThan(10_000);
});

test("a read gives up within two minutes, and at once when it is told to wait longer", async () => {
  domo.answer(json(500, {}));
  const failing = await client();
  await expect(failing.domo.user()).rejects.toThrow(
    "500 Internal Server Error — could not read the token's user: Domo failed",
  );
  expect(failing.clock.now()).toBeGreaterThan(100_000);
  expect(failing.clock.now()).toBeLessThanOrEqual(120_000);
  expect(domo.seen.length).toBeLessThan(25);
  domo.answer(json(429, {}, { "retry-after": "600" }));
  await expect((await client()).domo.user()).rejects.toThrow("429 Too Many Requests");
  expect(domo.seen).toHaveLength(1);
});

test.each([
  ["a 429", json(429, {})],
  ["a 500", json(500, {})],
  ["a 503", json(503, {}, { "retry-after": "0" })],
  ["a reset", (response: ServerResponse) => response.socket?.resetAndDestroy()],
  ["broken JSON", (response: ServerResponse) => response.end('{"exportId":')],
])("the POST is sent once, whatever comes back: %s", async (_, answer) => {
  domo.answer(answer);
  await expect((await client()).domo.startExport("d", { awsAccessSecret: "s" })).rejects.toThrow(
    "could not start the export",
  );
  expect(domo.seen.map(({ method }) => method)).toEqual(["POST"]);
});
