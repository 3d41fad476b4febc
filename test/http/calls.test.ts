import { afterAll, beforeAll, expect, test } from "vitest";
import { createDomoClient, type DomoClient, poolOptions } from "../../provider/domo/client";
import { CancelledError, DomoStatusError } from "../../provider/errors";
import { realClock } from "../../provider/host/clock";
import { json, type RawServer, startRawServer } from "../support/http-server";
import { settingsFor } from "../support/settings";
import { leapingClock } from "../support/test-clock";

let domo: RawServer;
beforeAll(async () => {
  domo = await startRawServer();
});
afterAll(() => domo.close());

const clientOf = (more = {}) => createDomoClient(settingsFor(domo.url, more), leapingClock());
const all = { columns: [], groupByColumns: [] };

test.each<[purpose: string, address: string, (client: DomoClient) => Promise<unknown>]>([
  ["read the token's user", "GET /api/content/v2/users/me", (client) => client.user()],
  ["read the dataset", "GET /api/data/v3/datasources/d", (client) => client.dataset("d")],
  [
    "read the columns",
    "GET /api/query/v1/datasources/d/schema/indexed?includeHidden=false",
    (client) => client.columns("d"),
  ],
  [
    "read the row policies",
    "GET /api/query/v1/data-control/d/filter-groups?options=load_associations,load_filters,include_open_policy",
    (client) => client.policies("d"),
  ],
  ["list the exports", "GET /api/query/v1/export/d", (client) => client.listExports("d")],
  ["list the exports", "GET /api/query/v1/export/d", (client) => client.pollExports("d")],
  ["start the export", "POST /api/query/v1/export/d", (client) => client.startExport("d", {})],
])("to %s, %s is asked", async (purpose, address, call) => {
  domo.answer(json(418, {}));
  const error = await call(await clientOf()).catch((thrown: unknown) => thrown);
  const [method = "", path = ""] = address.split(" ");
  expect(error).toEqual(
    new DomoStatusError(
      `[${method}] "${domo.url}${path}": 418 I'm a Teapot — could not ${purpose}: Domo refused the request`,
      418,
      undefined,
    ),
  );
  expect(domo.seen.map((seen) => `${seen.method} ${seen.url}`)).toEqual([address]);
});

test("many datasets are read, and rows counted, at addresses of their own", async () => {
  domo.answer(json(418, {}));
  const client = await clientOf();
  await Promise.allSettled([client.dataset("a"), client.dataset("b")]);
  expect(await client.count("d", all)).toEqual({
    rows: undefined,
    reason: `[POST] "${domo.url}/api/query/v1/execute/d": 418 I'm a Teapot — could not count the rows: Domo refused the request`,
  });
  const asked = domo.seen.map(({ method, url }) => `${method} ${url}`);
  expect(asked[0]).toBe("POST /api/data/v3/datasources/bulk?includePrivate=true&includeAllDetails=true");
  expect(asked.at(-1)).toBe("POST /api/query/v1/execute/d");
});

test.each(["awsAccessKey", "awsAccessSecret", "sessionToken", "awsSessionToken", "x-domo-developer-token", "ownToken"])(
  "what another process sent as %s is hidden",
  async (field) => {
    domo.answer(json(418, { message: `{"${field}":"0123456789abcdefghij"}` }));
    await expect((await clientOf({ sessionTokenField: "ownToken" })).user()).rejects.toThrow(
      `Domo says "{"${field}":"(hidden)"}"`,
    );
  },
);

test("what is sent under other names is no secret", async () => {
  const said = '{"region":"0123456789abcdefghij"}';
  domo.answer(json(418, { message: said }));
  await expect((await clientOf()).user()).rejects.toThrow(`Domo says "${said}"`);
});

test("the session's token is hidden under the name that the settings give it", async () => {
  const client = await clientOf({ sessionTokenField: "ownToken" });
  domo.answer(json(418, { message: "can't use own-session-token" }));
  const sent = client.startExport("d", { ownToken: "own-session-token" });
  await expect(sent).rejects.toThrow(`Domo says "can't use (hidden)"`);
});

test("a list's entries without an id, or that are none, are left out", async () => {
  domo.answer(json(200, [null, 7, "text", [], {}, { exportId: "e", exportStatus: "SUCCESS" }]));
  const { value } = await (await clientOf()).listExports("d");
  expect(value).toMatchObject([{ exportId: "e", status: "success" }]);
  expect(value).toHaveLength(1);
});

test("what starts an export goes along as the body of the POST", async () => {
  const body = { bucket: "b", path: "p" };
  domo.answer(json(200, { exportId: "e" }));
  await (await clientOf()).startExport("d", body);
  expect(domo.seen[0]?.headers["content-length"]).toBe(String(JSON.stringify(body).length));
});

test("a poll goes behind all reads, lists of exports among them", async () => {
  domo.answer(json(200, []));
  const client = await clientOf({ maxRequestsInFlight: 1 });
  await Promise.all(
    ["first", "poll", "list"].map((id) => (id === "poll" ? client.pollExports(id) : client.listExports(id))),
  );
  expect(domo.seen.map(({ url }) => url.split("/").at(-1))).toEqual(["first", "list", "poll"]);
});

test.each(["listExports", "pollExports"] as const)("%s is not asked again after a cancel", async (call) => {
  const stop = new AbortController();
  domo.answer((response) => {
    json(503, {}, { "retry-after": "60" })(response);
    setTimeout(() => stop.abort(), 50);
  });
  const client = await createDomoClient(settingsFor(domo.url), realClock());
  await expect(client[call]("d", stop.signal)).rejects.toThrow(CancelledError);
  expect(domo.seen).toHaveLength(1);
});

test("a count is given up within half a minute, a read within two", async () => {
  domo.answer(json(500, {}));
  const clock = leapingClock();
  const client = await createDomoClient(settingsFor(domo.url), clock);
  await client.count("d", all);
  expect(clock.now()).toBeGreaterThan(22_500);
  expect(clock.now()).toBeLessThanOrEqual(30_000);
});

test("connections are kept for half a minute, and made within ten seconds", () => {
  expect(poolOptions(4)).toEqual({ connections: 4, keepAliveTimeout: 30_000, connect: { timeout: 10_000 } });
});
