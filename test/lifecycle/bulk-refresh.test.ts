import { afterAll, beforeAll, expect, test } from "vitest";
import { select } from "../../provider";
import { deployer, orders, startLab, type Lab } from "../support/lab";

const DATASETS = Array.from({ length: 6 }, (_, number) => `0a1b2c3d-aaaa-bbbb-cccc-00000000000${number}`);
let lab: Lab;
beforeAll(async () => {
  const datasets = Object.fromEntries(DATASETS.map((id) => [id, "READ" as const]));
  const users = [{ ...deployer("any"), datasets }];
  lab = await startLab({ datasets: DATASETS.map(orders), users, reuse: "never", exportSeconds: 0 });
}, 180_000);
afterAll(() => lab.stop());

const declared = (dataset: string, path: string) => ({
  dataset,
  query: select("Order ID", "Sales"),
  bucket: lab.bucket,
  path: `exports/${path}`,
  roleArn: lab.roleArn,
});

/** Calls to Domo by method and kind. */
async function calls(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { method, path } of await lab.emulator.control.requests()) {
    const call = `${method} ${DATASETS.reduce((text, id) => text.replace(id, "…"), path)}`;
    counts[call] = (counts[call] ?? 0) + 1;
  }
  return counts;
}

test.each([
  { bulkColumns: "absent", columns: { "GET /api/query/v1/datasources/…/schema/indexed": DATASETS.length } },
  { bulkColumns: "present", columns: {} },
] as const)("a refresh and a preview read all datasets with one call; columns in it: $bulkColumns", async (row) => {
  await lab.emulator.control.setOptions({ bulkColumns: row.bulkColumns });
  const creator = await lab.process();
  const made = await Promise.all(DATASETS.map((id) => creator.create(declared(id, `${row.bulkColumns}/${id}`))));
  const process = await lab.process();
  await lab.emulator.control.clearRequests();
  const states = await Promise.all(made.map(({ outs }) => process.read(outs)));
  expect(states.map(({ props }) => props?.drift)).toEqual(DATASETS.map(() => []));
  const refreshed = await calls();
  expect(refreshed).toMatchObject({ "POST /api/data/v3/datasources/bulk": 1, ...row.columns });
  expect(refreshed["GET /api/data/v3/datasources/…"]).toBeUndefined();

  const previewer = await lab.process();
  await lab.emulator.control.clearRequests();
  const checks = await Promise.all(DATASETS.map((id) => previewer.check(declared(id, "new"))));
  expect(checks.flatMap(({ failures }) => failures)).toEqual([]);
  expect(await calls()).toEqual({ "POST /api/data/v3/datasources/bulk": 1, ...row.columns });
});
