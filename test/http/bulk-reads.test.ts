import { afterEach, expect, test, vi } from "vitest";
import type { RuntimeOptions } from "../../emulator/options";
import { type Emulator, startEmulator } from "../../emulator/server";
import { createDomoClient } from "../../provider/domo/client";
import { DomoStatusError } from "../../provider/errors";
import { realClock } from "../../provider/host/clock";
import { deployer, orders, TOKEN } from "../support/orders";
import { json, startRawServer } from "../support/http-server";
import { settingsFor } from "../support/settings";

const ids = (count: number) => Array.from({ length: count }, (_, index) => `dataset-${index}`);
const open: { close(): Promise<void> }[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  return Promise.all(open.splice(0).map((server) => server.close()));
});

/** A Domo with so many datasets, of which the token's user may read all but those that are named. */
async function scene(count: number, options: Partial<RuntimeOptions> = {}, unreadable: string[] = []) {
  const readable = ids(count).filter((id) => !unreadable.includes(id));
  const datasets = Object.fromEntries(readable.map((id) => [id, "READ" as const]));
  const users = [{ ...deployer("any"), datasets }];
  const emulator = await startEmulator({ datasets: ids(count).map(orders), users, ...options });
  open.push(emulator);
  const domo = await createDomoClient(settingsFor(emulator.url, { token: TOKEN }), realClock());
  return { emulator, domo };
}

/** The calls that reached Domo, such as "POST bulk 100", in the order of arrival or by name. */
async function calls({ control }: Emulator): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { method, path, ids: asked } of await control.requests()) {
    const what = path.includes("/bulk") ? `bulk of ${asked}` : path.includes("/schema") ? "columns" : "dataset";
    counts[`${method} ${what}`] = (counts[`${method} ${what}`] ?? 0) + 1;
  }
  return counts;
}

const columnNames = ["Order ID", "Region", "Sales"];

test("250 datasets that are read together cost three calls", async () => {
  const { emulator, domo } = await scene(250);
  const facts = await Promise.all(ids(250).map((id) => domo.dataset(id)));
  expect(facts.map(({ id }) => id)).toEqual(ids(250));
  expect(facts[249]).toMatchObject({ name: "Orders", rowCount: 4, permissions: "READ_SHARE" });
  expect(await calls(emulator)).toEqual({ "POST bulk of 100": 2, "POST bulk of 50": 1 });
});

test("a dataset that is read alone is asked for by itself, its columns at the same time", async () => {
  const { emulator, domo } = await scene(1);
  await emulator.control.inject({ fault: { kind: "delay", ms: 300 }, path: "datasources/dataset-0$" });
  const order: string[] = [];
  await Promise.all([
    domo.dataset("dataset-0").then(() => order.push("facts")),
    domo.columns("dataset-0").then(() => order.push("columns")),
  ]);
  expect(order).toEqual(["columns", "facts"]);
  expect(await calls(emulator)).toEqual({ "GET dataset": 1, "GET columns": 1 });
});

test("a dataset that is left out is asked for singly, and only its own answer says why", async () => {
  const { emulator, domo } = await scene(3, {}, ["dataset-1"]);
  const asked = [...ids(3), "no-such-dataset"].map((id) => domo.dataset(id));
  const [first, refused, third, missing] = await Promise.allSettled(asked);
  expect([first?.status, third?.status]).toEqual(["fulfilled", "fulfilled"]);
  for (const [outcome, status, id] of [
    [refused, 403, "dataset-1"],
    [missing, 404, "no-such-dataset"],
  ] as const) {
    const reason: unknown = outcome?.status === "rejected" ? outcome.reason : undefined;
    expect(reason).toBeInstanceOf(DomoStatusError);
    expect(reason).toMatchObject({ status });
    expect((reason as Error).message).toContain(`[GET] "${emulator.url}/api/data/v3/datasources/${id}": ${status}`);
  }
  expect(await calls(emulator)).toEqual({ "POST bulk of 4": 1, "GET dataset": 2 });
});

test.each([
  ["is refused", { bulkStatus: 403 }],
  ["is unknown to the instance", { bulkStatus: 404 }],
  ["makes Domo fail", { bulkStatus: 500 }],
])("where the call for many %s, single reads do for the rest of the process", async (_, options) => {
  const { emulator, domo } = await scene(4, options);
  for (const pair of [ids(2), ids(4).slice(2)]) {
    expect(await Promise.all(pair.map(async (id) => (await domo.dataset(id)).id))).toEqual(pair);
    expect(await Promise.all(pair.map((id) => domo.columns(id)))).toHaveLength(2);
  }
  expect(await calls(emulator)).toEqual({ "POST bulk of 2": 1, "GET dataset": 4, "GET columns": 4 });
});

test.each([
  ["broken JSON", { kind: "truncate" }],
  ["another shape", { kind: "answer", status: 200, body: { datasources: {} } }],
  ["none of the datasets", { kind: "answer", status: 200, body: { dataSources: [] } }],
] as const)("where the call for many answers %s, single reads do for the rest of the process", async (_, fault) => {
  const { emulator, domo } = await scene(4);
  await emulator.control.inject({ fault, path: "/bulk" });
  for (const pair of [ids(2), ids(4).slice(2)]) {
    expect(await Promise.all(pair.map(async (id) => (await domo.dataset(id)).id))).toEqual(pair);
  }
  const { "GET dataset": single, ...rest } = await calls(emulator);
  expect(single).toBe(4);
  expect(Object.values(rest)).toEqual([1]);
});

test("a connection that breaks once costs single reads once, and breaking twice in a row for good", async () => {
  const { emulator, domo } = await scene(8);
  const readPairs = async (from: number) => {
    const pair = ids(8).slice(from, from + 2);
    expect(await Promise.all(pair.map(async (id) => (await domo.dataset(id)).id))).toEqual(pair);
  };
  const bulkCalls = () => emulator.control.countRequests({ path: "/bulk" });
  await emulator.control.inject({ fault: { kind: "reset" }, path: "/bulk" });
  await readPairs(0);
  await readPairs(2);
  expect(await bulkCalls()).toBe(2);
  await emulator.control.inject({ fault: { kind: "reset" }, path: "/bulk", times: 2 });
  await readPairs(4);
  await readPairs(6);
  await readPairs(0);
  expect(await bulkCalls()).toBe(4);
  expect(await emulator.control.countRequests({ method: "GET" })).toBe(2 + 2 + 2 + 2);
});

test("a 429 for the call for many is waited for, and not answered with as many single reads", async () => {
  const { emulator, domo } = await scene(50);
  const fault = { kind: "answer", status: 429, headers: { "Retry-After": "0" } } as const;
  await emulator.control.inject({ fault, path: "/bulk", times: 2 });
  await Promise.all(ids(50).map((id) => domo.dataset(id)));
  expect(await emulator.control.countRequests({ method: "GET" })).toBe(0);
  expect(await emulator.control.countRequests({ method: "POST" })).toBe(3);
});

test("a Domo that stays busy fails the reads, with no more calls", async () => {
  const { emulator, domo } = await scene(50);
  const fault = { kind: "answer", status: 429, headers: { "Retry-After": "600" } } as const;
  await emulator.control.inject({ fault, times: 1_000 });
  const outcomes = await Promise.allSettled(ids(50).map((id) => domo.dataset(id)));
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["rejected"]));
  expect(await emulator.control.countRequests()).toBe(1);
});

test("columns come from the call for many where it has them", async () => {
  const { emulator, domo } = await scene(30, { bulkColumns: "present" });
  const read = await Promise.all(ids(30).map((id) => Promise.all([domo.dataset(id), domo.columns(id)])));
  for (const [, columns] of read) expect(columns.map(({ name }) => name)).toEqual(columnNames);
  expect(await calls(emulator)).toEqual({ "POST bulk of 30": 1 });
});

test.each(["absent", "empty"] as const)(
  "columns that the call for many has %s are asked for singly",
  async (bulkColumns) => {
    const { emulator, domo } = await scene(4, { bulkColumns, bulkShape: "array" });
    for (const pair of [ids(2), ids(4).slice(2)]) {
      const read = await Promise.all(pair.map((id) => Promise.all([domo.dataset(id), domo.columns(id)])));
      for (const [, columns] of read) expect(columns.map(({ name }) => name)).toEqual(columnNames);
    }
    // The second pair knows that columns are not to be had that way.
    expect(await calls(emulator)).toEqual({ "POST bulk of 2": 2, "GET columns": 4 });
  },
);

test("an odd entry says nothing of the others, and fewer columns than the dataset has are not taken for all", async () => {
  const server = await startRawServer();
  open.push(server);
  const schema = { tables: [{ columns: [{ name: "Sales", type: "DOUBLE", visible: true }] }] };
  const entry = (id: string, more: object = {}) => ({ id, name: id.toUpperCase(), columnCount: 1, schema, ...more });
  const entries = [
    { id: "a", name: null },
    null,
    entry("b"),
    entry("c", { columnCount: 2 }),
    entry("d", { schema: "none", lastUpdated: "yesterday" }),
  ];
  server.answer((response, { url = "" }) => {
    if (url.includes("/bulk")) json(200, { dataSources: entries })(response);
    else if (url.includes("/schema")) json(200, { tables: [{ columns: [{ name: "Own", type: "STRING" }] }] })(response);
    else json(200, { id: "a", name: "Singly" })(response);
  });
  const domo = await createDomoClient(settingsFor(server.url), realClock());
  const asked = ["a", "b", "c", "d"];
  const [facts, columns] = await Promise.all([
    Promise.all(asked.map((id) => domo.dataset(id))),
    Promise.all(asked.map((id) => domo.columns(id))),
  ]);
  expect(facts.map(({ name }) => name)).toEqual(["Singly", "B", "C", "D"]);
  expect(columns.map(([column]) => column?.name)).toEqual(["Own", "Sales", "Own", "Own"]);
  expect(server.seen.filter(({ url }) => url.includes("/bulk"))).toHaveLength(1);
});

test.each<[times: object, dataUpdated: string | undefined, why: string]>([
  [{ dataLastUpdated: 1_000, lastUpdated: 2_000 }, "1970-01-01T00:00:01.000Z", "the data's own time is preferred"],
  [{ dataLastUpdated: 0, lastUpdated: 2_000 }, "1970-01-01T00:00:02.000Z", "zero is no time"],
  [{ lastUpdated: "2026-01-01T00:00:00" }, "2026-01-01T00:00:00.000Z", "no zone is UTC"],
  [{ lastUpdated: "2026-01-01 06:00" }, "2026-01-01T06:00:00.000Z", "no zone is UTC, with a space too"],
  [{ lastUpdated: "2026-01-01T00:00:00+02:00" }, "2025-12-31T22:00:00.000Z", "a zone counts"],
  [{ dataLastUpdated: "soon", lastUpdated: null }, undefined, "what is no time is unknown"],
  [{}, undefined, "nothing is unknown"],
])("of %j the data is from %s: %s", async (times, dataUpdated) => {
  vi.stubEnv("TZ", "America/New_York");
  const server = await startRawServer();
  open.push(server);
  server.answer(json(200, { id: "a", name: "A", ...times }));
  const domo = await createDomoClient(settingsFor(server.url), realClock());
  expect((await domo.dataset("a")).dataUpdated).toBe(dataUpdated);
});
