import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { select } from "../../provider/query/build/builder";
import { expectDeliveredOnce, runsOf } from "../support/delivered";
import { createStack, type Exports, startTestCloud, type TestCloud } from "../support/stack";
import { hold } from "./hold";

let cloud: TestCloud;
let aws: FaultProxy;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 5, reuse: "never" } });
  aws = await startFaultProxy(cloud.moto.endpoint);
  cloud.env.AWS_ENDPOINT_URL = aws.url;
}, 900_000);
afterAll(async () => {
  await aws.shut();
  await cloud.stop();
}, 60_000);

const up = ["up", "--yes", "--skip-preview"];
const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Sales")));

let paths = 0;
function sales(more: Record<string, unknown> = {}, opts?: Record<string, unknown>): Exports {
  const args = { dataset: salesDataset, query, bucket: cloud.bucket, roleArn: cloud.roleArn };
  return { sales: { args: { ...args, path: `exports/t${paths}`, ...more }, opts } };
}
const statusOf = async (exports: Exports) => (await runsOf(cloud, exports))[0]?.status;

test("customTimeouts end the wait and are not recorded; the next up takes the export over", async () => {
  paths++;
  const stack = await createStack(cloud, "plugin");
  const exports = sales({}, { customTimeouts: { create: "2s", update: "10m" } });
  const { code, stdout } = await stack.run(exports, ...up);
  expect(code).not.toBe(0);
  expect(stdout).toContain("Waited 2 s for export");
  expect(stdout).toContain("raise customTimeouts.create if it always takes this long");
  expect(await statusOf(exports)).toBe("exporting");
  const kept = await stack.state("sales");
  expect(kept?.outputs).toMatchObject({ exportStatus: "exporting", timeoutSeconds: 3600 });
  expect(kept?.inputs).toMatchObject({ timeoutSeconds: 3600 });
  await stack.mustRun(exports, ...up);
  await expectDeliveredOnce({ cloud, stack, exports });
  await stack.mustRun(exports, ...up, "--expect-no-changes");
});

test("customTimeouts win over timeoutSeconds", async () => {
  paths++;
  const stack = await createStack(cloud, "plugin");
  const exports = sales({ timeoutSeconds: 1 }, { customTimeouts: { create: "2h" } });
  const said = await stack.mustRun(exports, ...up);
  expect(said).toContain("customTimeouts.create is 7200 s, but the credentials handed to Domo end after 3600 s");
  await expectDeliveredOnce({ cloud, stack, exports });
  expect((await stack.state("sales"))?.outputs).toMatchObject({ timeoutSeconds: 1 });
});

test("customTimeouts of update and of delete decide there, and the messages name them", async () => {
  paths++;
  const stack = await createStack(cloud, "plugin");
  const customTimeouts = { create: "10m", update: "2s", delete: "2s" };
  const exports = sales({ deleteObjects: true }, { customTimeouts });
  await stack.mustRun(exports, ...up);
  const changed = (update: string) =>
    sales({ deleteObjects: true, triggers: 1 }, { customTimeouts: { ...customTimeouts, update } });
  const updated = await stack.run(changed("2s"), ...up);
  expect(updated.code).not.toBe(0);
  expect(updated.stdout).toContain("Waited 2 s for export");
  expect(updated.stdout).toContain("raise customTimeouts.update if it always takes this long");
  await stack.mustRun(changed("10m"), ...up);
  await expectDeliveredOnce({ cloud, stack, exports }, { earlier: 1 });

  const held = hold(aws, ({ method, url }) => method === "POST" && url.includes("?delete"));
  const destroyed = await stack.run({}, "destroy", "--yes", "--skip-preview");
  held.release();
  expect(destroyed.code).not.toBe(0);
  expect(destroyed.stdout).toContain(
    "Removing the export's objects was not done after 2 s — what is left is still recorded; run it again, " +
      "or raise customTimeouts.delete if it always takes this long",
  );
  expect(await stack.state("sales")).toMatchObject({ outputs: { exportStatus: "success" } });
  await stack.mustRun({}, "destroy", "--yes", "--skip-preview");
  expect(await cloud.s3.keys(cloud.bucket, `exports/t${paths}/`)).toEqual([]);
}, 120_000);

test("where somebody else's export outlasts customTimeouts, the message names them too", async () => {
  paths++;
  const { control } = cloud.emulator;
  const { exportId } = await control.startForeignExport({ dataset: salesDataset, bucket: "elsewhere", seconds: 600 });
  const stack = await createStack(cloud, "plugin");
  const { code, stdout } = await stack.run(sales({}, { customTimeouts: { create: "2s" } }), ...up);
  await control.finishExport({ exportId });
  expect(code).not.toBe(0);
  expect(stdout).toContain("it holds the dataset's only slot");
  expect(stdout).toContain("run again later, or raise customTimeouts.create");
  expect(await stack.state("sales")).toBeUndefined();
});

test("onTimeout await: the run ends with 'still running', any number of times, and one up takes the export over", async () => {
  paths++;
  const stack = await createStack(cloud, "plugin");
  const exports = sales({ timeoutSeconds: 1, onTimeout: "await" });
  await cloud.emulator.control.setOptions({ exportSeconds: 3600 });
  for (const run of ["first", "second"]) {
    const { code, stdout } = await stack.run(exports, ...up);
    expect(code, run).toBe(10);
    expect(stdout, run).toMatch(/still running: Waited \d+ s for export/);
    expect(["none", "exporting"], run).toContain(await statusOf(exports));
  }
  const [running] = await runsOf(cloud, exports);
  await cloud.emulator.control.finishExport({ exportId: running?.exportId ?? "" });
  await cloud.emulator.control.setOptions({ exportSeconds: 5 });
  await stack.mustRun(exports, ...up);
  await expectDeliveredOnce({ cloud, stack, exports });
});

test("onTimeout await runs an export of many rounds once, even where Domo would run a second next to it", async () => {
  paths++;
  const { control } = cloud.emulator;
  const stack = await createStack(cloud, "plugin");
  const exports = sales({ timeoutSeconds: 1, onTimeout: "await" });
  // What a create leaves is not in state, what an update leaves is.
  for (const [nth, triggers] of ["create", "update"].entries()) {
    const program = { sales: { ...exports.sales, args: { ...exports.sales?.args, triggers } } } as Exports;
    await control.setOptions({ exportSeconds: 3600, busy: "starts-second" });
    for (const round of [1, 2, 3]) expect((await stack.run(program, ...up)).code, `${triggers} ${round}`).toBe(10);
    const runs = await runsOf(cloud, program);
    expect(runs, triggers).toHaveLength(nth + 1);
    await control.finishExport({ exportId: runs.at(-1)?.exportId ?? "" });
    await stack.mustRun(program, ...up);
    expect(await runsOf(cloud, program), triggers).toHaveLength(nth + 1);
  }
  await control.setOptions({ exportSeconds: 5, busy: "running-200" });
});
