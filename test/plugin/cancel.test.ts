import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from "../../local/fault-proxy";
import { select } from "../../provider/query/build/builder";
import { expectDeliveredOnce, runsOf } from "../support/delivered";
import { startRun, until } from "../support/engine-run";
import { createStack, type Exports, startTestCloud, type TestCloud } from "../support/stack";

let cloud: TestCloud;
let domo: FaultProxy;
let aws: FaultProxy;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 1, reuse: "never" } });
  [domo, aws] = [await startFaultProxy(cloud.emulator.url), await startFaultProxy(cloud.moto.endpoint)];
  Object.assign(cloud.env, { DOMO_BASE_URL: domo.url, AWS_ENDPOINT_URL: aws.url });
}, 900_000);
afterAll(async () => {
  await Promise.all([domo.shut(), aws.shut()]);
  await cloud.stop();
}, 60_000);
beforeEach(() => cloud.emulator.control.setOptions({ exportSeconds: 1 }));

const limit = { timeout: 240_000 };
const up = ["up", "--yes", "--skip-preview"];

let paths = 0;
async function scene(names = ["sales"]) {
  const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Sales")));
  const args = { dataset: salesDataset, query, bucket: cloud.bucket, roleArn: cloud.roleArn };
  const exports: Exports = Object.fromEntries(
    names.map((name) => [name, { args: { ...args, path: `exports/c${++paths}` } }]),
  );
  return { cloud, exports, stack: await createStack(cloud, "plugin") };
}
type Scene = Awaited<ReturnType<typeof scene>>;

const statusOf = async ({ exports }: Scene, name?: string) => (await runsOf(cloud, exports, name))[0]?.status;
const isList = ({ method, url }: ProxiedRequest) => method === "GET" && url.includes("/api/query/v1/export/");

/** Holds the first request that matches, or its answer, until it is released. */
function hold(proxy: FaultProxy, match: (request: ProxiedRequest) => boolean, what: "request" | "answer" = "request") {
  let release: () => void = () => undefined;
  let held = false;
  const released = new Promise<void>((resolve) => (release = resolve));
  const wait = async () => {
    held = true;
    await released;
  };
  const rule =
    what === "request"
      ? { before: wait }
      : { edit: <Answer>(answer: Answer): Promise<Answer> => wait().then(() => answer) };
  const remove = proxy.add({ match, times: 1, ...rule });
  return { isHeld: () => held, release: () => (release(), remove()) };
}

const steps = [
  { step: "looking at Domo's list", proxy: () => domo, match: isList, started: false },
  {
    step: "assuming the role",
    proxy: () => aws,
    match: ({ body }: ProxiedRequest) => body.includes("Action=AssumeRole"),
    started: false,
  },
  {
    step: "waiting for the POST's answer",
    proxy: () => domo,
    match: ({ method, url }: ProxiedRequest) => method === "POST" && url.includes("/api/query/v1/export/"),
    what: "answer" as const,
    started: true,
    status: "unknown",
  },
  {
    step: "verifying the objects",
    proxy: () => aws,
    match: ({ method, url }: ProxiedRequest) =>
      method === "GET" && url.includes("list-type=2") && /[0-9a-f]{8}-[0-9a-f]{4}-[^&]*%2F&/.test(`${url}&`),
    started: true,
    status: "unverified",
  },
];

test.each(steps)(
  "Ctrl-C while $step: the run ends before the answer comes, and the next up delivers with one export",
  limit,
  async ({ proxy, match, what, started, status }) => {
    const it = await scene();
    const held = hold(proxy(), match, what);
    const run = startRun(it, ...up);
    await until("the request is held", held.isHeld);
    run.interrupt();
    expect((await run.ended).code).not.toBe(0);
    held.release();
    expect(await runsOf(cloud, it.exports)).toHaveLength(started ? 1 : 0);
    const kept = await it.stack.state("sales");
    expect(kept?.outputs?.exportStatus).toBe(status);
    expect(kept?.initErrors ?? []).toHaveLength(started ? 1 : 0);
    const { deployment } = await it.stack.workspace.stackExport();
    expect(deployment).not.toHaveProperty("pending_operations");
    await it.stack.mustRun(it.exports, ...up);
    await expectDeliveredOnce(it);
  },
);

test(
  "Ctrl-C while exporting: the run ends long before the export, the id is kept, the next up takes it over",
  limit,
  async () => {
    const it = await scene();
    await cloud.emulator.control.setOptions({ exportSeconds: 30 });
    const run = startRun(it, ...up);
    await until("the export is running", async () => (await statusOf(it)) === "exporting");
    await until(
      "its id has been polled",
      async () => (await cloud.emulator.control.countRequests({ method: "GET", path: "/export/" })) > 2,
    );
    run.interrupt();
    expect((await run.ended).code).not.toBe(0);
    expect(await statusOf(it)).toBe("exporting");
    const [running] = await runsOf(cloud, it.exports);
    const kept = await it.stack.state("sales");
    expect(kept?.outputs).toMatchObject({ exportId: running?.exportId, exportStatus: "exporting" });
    expect(kept?.initErrors).toHaveLength(1);
    await it.stack.mustRun(it.exports, ...up);
    await expectDeliveredOnce(it);
  },
);

test("Ctrl-C while one export waits for the other: both end, and the next up delivers each once", limit, async () => {
  const it = await scene(["first", "second"]);
  await cloud.emulator.control.setOptions({ exportSeconds: 20 });
  const run = startRun(it, ...up);
  await until("the first export is running", async () => (await statusOf(it, "first")) === "exporting");
  run.interrupt();
  expect((await run.ended).code).not.toBe(0);
  expect(await statusOf(it, "first")).toBe("exporting");
  expect(await runsOf(cloud, it.exports, "second")).toEqual([]);
  expect(await it.stack.state("second")).toBeUndefined();
  await cloud.emulator.control.setOptions({ exportSeconds: 1 });
  await it.stack.mustRun(it.exports, ...up);
  await expectDeliveredOnce(it, { name: "first" });
  await expectDeliveredOnce(it, { name: "second" });
});
