import { afterEach, expect, test } from "vitest";
import type { DatasetDefinition, RuntimeOptions } from "../../emulator/options";
import { type Emulator, startEmulator } from "../../emulator/server";
import { createDomoClient } from "../../provider/domo/client";
import { realClock } from "../../provider/host/clock";
import { deployer, orders, TOKEN } from "../support/orders";
import { json, startRawServer } from "../support/http-server";
import { settingsFor } from "../support/settings";

const open: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

async function scene(options: Partial<RuntimeOptions> = {}, dataset: Partial<DatasetDefinition> = {}) {
  const emulator = await startEmulator({
    datasets: [{ ...orders("d"), ...dataset }],
    users: [deployer("d")],
    ...options,
  });
  open.push(emulator);
  return { emulator, domo: await createDomoClient(settingsFor(emulator.url, { token: TOKEN }), realClock()) };
}

const column = (name: string) => ({ exprType: "COLUMN", column: name });
const all = { columns: [column("Order ID")], groupByColumns: [] };
const where = {
  exprType: "EQUALS",
  leftExpr: column("Region"),
  rightExpr: { exprType: "STRING_VALUE", value: "West" },
};
const limit = (limit: number, offset = 0) => ({ limit: { limit, offset } });

test.each([
  ["all rows", all, 4],
  ["a filter", { ...all, where }, 2],
  ["groups", { columns: [column("Region")], groupByColumns: [column("Region")] }, 3],
  ["a limit", { ...all, ...limit(3) }, 3],
  ["a limit that is not reached", { ...all, ...limit(10) }, 4],
  ["an offset", { ...all, ...limit(3, 2) }, 2],
  ["an offset behind the end", { ...all, ...limit(3, 9) }, 0],
  ["an order", { ...all, orderByColumns: [{ expression: column("Sales"), order: "ASCENDING" }] }, 4],
])("%s are counted by Domo, and cost one call", async (_, query, rows) => {
  const { emulator, domo } = await scene();
  expect(await domo.count("d", query)).toEqual({ rows });
  const log = await emulator.control.requests();
  expect(log.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /api/query/v1/execute/d"]);
});

test("a count may be a text, and counts what the token's user may see", async () => {
  const policy = { filterGroupId: 1, name: "West", type: "user", userIds: [7] } as const;
  const policies = [{ ...policy, parameters: [{ name: "Region", values: ["West"] }] }];
  const { domo } = await scene({ countAs: "text" }, { pdp: { enabled: true, policies } });
  expect(await domo.count("d", all)).toEqual({ rows: 2 });
});

test.each([400, 403, 404])("a refusal with %i is the reason why there is no count", async (status) => {
  const { emulator, domo } = await scene({ executeStatus: status });
  const { rows, reason } = (await domo.count("d", all)) as { rows: undefined; reason: string };
  expect(rows).toBeUndefined();
  expect(reason).toContain(`[POST] "${emulator.url}/api/query/v1/execute/d": ${status}`);
  expect(reason).toContain("could not count the rows");
  expect(await emulator.control.countRequests()).toBe(1);
});

test("a count is asked for again when Domo is busy or the connection breaks", async () => {
  const { emulator, domo } = await scene();
  await emulator.control.inject({ fault: { kind: "answer", status: 429, headers: { "Retry-After": "0" } } });
  await emulator.control.inject({ fault: { kind: "reset" } });
  expect(await domo.count("d", all)).toEqual({ rows: 4 });
  expect(await emulator.control.countRequests()).toBe(3);
});

test("a server that can't be reached is a reason too", async () => {
  const emulator: Emulator = await startEmulator({ datasets: [], users: [] });
  await emulator.close();
  const clock = realClock(1_000);
  const domo = await createDomoClient(settingsFor(emulator.url), clock);
  expect(await domo.count("d", all)).toMatchObject({
    rows: undefined,
    reason: expect.stringContaining("connection refused — could not count the rows") as unknown,
  });
});

test.each([[[]], [[[]]], [[[null]]], [[["many"]]], [[[-1]]], [[[1.5]]], [[[1], [2]]], [[[""]]]])(
  "rows of %j are no count",
  async (rows) => {
    const server = await startRawServer();
    open.push(server);
    server.answer(json(200, { rows }));
    const domo = await createDomoClient(settingsFor(server.url), realClock());
    expect(await domo.count("d", all)).toMatchObject({
      rows: undefined,
      reason: expect.stringContaining("an answer of an unexpected shape") as unknown,
    });
  },
);
