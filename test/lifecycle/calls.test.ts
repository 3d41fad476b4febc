import { afterAll, beforeAll, expect, test } from "vitest";
import { select } from "../../provider/query/build/builder";
import { type Lab, startLab } from "../support/lab";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ reuse: "never" });
}, 180_000);
afterAll(() => lab.stop());

const declared = (path: string, more = {}) => ({
  dataset: lab.dataset,
  query: select("Order ID", "Sales"),
  bucket: lab.bucket,
  path: `exports/${path}`,
  roleArn: lab.roleArn,
  ...more,
});

/** The calls to Domo that an operation makes, by what they are for; looks at a running export are left out. */
async function callsOf(operation: () => Promise<unknown>): Promise<string[]> {
  await lab.emulator.control.clearRequests();
  await operation();
  const log = await lab.emulator.control.requests();
  const start = log.findIndex(({ method, path }) => method === "POST" && path.includes("/export/"));
  return log
    .filter(({ method, path }, index) => start < 0 || index <= start || method !== "GET" || !path.includes("/export/"))
    .map(({ method, path }) => `${method} ${path.replace(lab.dataset, "…")}`)
    .sort();
}

const user = "GET /api/content/v2/users/me";
const dataset = "GET /api/data/v3/datasources/…";
const columns = "GET /api/query/v1/datasources/…/schema/indexed";
const policies = "GET /api/query/v1/data-control/…/filter-groups";
const list = "GET /api/query/v1/export/…";
const count = "POST /api/query/v1/execute/…";
const post = "POST /api/query/v1/export/…";

test("a dataset's first export in a run asks for the user, what it must know of the dataset, the list, a count, and whether data or policies changed", async () => {
  const process = await lab.process();
  const first = await callsOf(() => process.create(declared("first")));
  expect(first).toEqual([user, dataset, dataset, policies, policies, columns, list, count, post].sort());
  const second = await callsOf(() => process.create(declared("second")));
  expect(second).toEqual([dataset, policies, list, count, post].sort());
});

test("another export of an unchanged declaration does not ask for the columns", async () => {
  const { outs } = await (await lab.process()).create(declared("again"));
  const process = await lab.process();
  const again = await callsOf(() => process.update(outs, declared("again", { triggers: ["another"] })));
  expect(again).toEqual([user, dataset, dataset, policies, policies, list, count, post].sort());
});

test("another export with a manifest asks for the columns too, which the manifest has", async () => {
  const resourceUrn = "urn:pulumi:s::p::t::calls";
  const { outs } = await (await lab.process()).create(declared("manifest", { resourceUrn }));
  const process = await lab.process();
  const again = await callsOf(() => process.update(outs, declared("manifest", { resourceUrn, triggers: ["another"] })));
  expect(again).toEqual([user, dataset, dataset, policies, policies, columns, list, count, post].sort());
  const repaired = await callsOf(() => process.update(outs, declared("manifest", { resourceUrn, timeoutSeconds: 60 })));
  expect(repaired).toEqual([]);
});

test("an up that changes nothing asks Domo nothing", async () => {
  const { outs } = await (await lab.process()).create(declared("same"));
  const process = await lab.process();
  const none = await callsOf(() => process.diff(outs, declared("same")));
  expect(none).toEqual([]);
});

test("a refresh asks three things of each dataset, whatever the number of its exports, and for the user where policies restrict rows", async () => {
  const creator = await lab.process();
  const made = [await creator.create(declared("one")), await creator.create(declared("two"))];
  const refreshed = async (): Promise<string[]> => {
    const process = await lab.process();
    return callsOf(() => Promise.all(made.map(({ outs }) => process.read(outs))));
  };
  expect(await refreshed()).toEqual([dataset, columns, policies].sort());
  const westOnly = { filterGroupId: 1, name: "West only", type: "user" as const, userIds: [7] };
  await lab.emulator.control.setPdp({ dataset: lab.dataset, pdp: { enabled: true, policies: [westOnly] } });
  expect(await refreshed()).toEqual([user, dataset, columns, policies].sort());
  const fault = { kind: "answer", status: 401, body: {} } as const;
  await lab.emulator.control.inject({ fault, method: "GET", path: "/users/me$" });
  await expect(refreshed()).rejects.toThrow("DOMO_DEVELOPER_TOKEN");
});
