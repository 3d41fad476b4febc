import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { type Lab, startLab } from "../support/lab";
import { argsOf, expectContent, rowsOf } from "./hostile";

let lab: Lab;
let aws: FaultProxy;
let path: string;
let count = 0;
beforeAll(async () => {
  lab = await startLab();
  aws = await startFaultProxy(lab.moto.endpoint);
});
beforeEach(async () => {
  await lab.emulator.control.reset();
  path = `exports/slow-${++count}`;
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  vi.stubEnv("DOMO_TIME_SCALE", "40");
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await aws.shut();
  await lab.stop();
});

const posts = () => lab.emulator.control.countRequests({ method: "POST", path: "v1/export" });

/** The last check before the POST takes 40 s of the provider's clock, longer than what Domo said of policies is shared. */
function slowProbe(meanwhile: () => Promise<unknown> = () => Promise.resolve()): () => void {
  return aws.add({
    match: ({ method, url }) => method === "DELETE" && url.includes("uploadId="),
    before: async () => {
      await meanwhile();
      await setTimeout(1000);
    },
  });
}

test("an AWS that always takes its time costs no round", async () => {
  const undo = slowProbe();
  const { outs } = await (await lab.process()).create(argsOf(lab, path));
  undo();
  expect(await posts()).toBe(1);
  expect(await lab.emulator.control.countRequests({ method: "GET", path: "filter-groups" })).toBeGreaterThan(1);
  await expectContent(lab, outs, rowsOf("West"));
});

test("row policies that change while AWS takes its time decide what is exported, and where", async () => {
  const policy = {
    filterGroupId: 1,
    name: "East only",
    type: "user" as const,
    userIds: [7],
    parameters: [{ name: "Region", values: ["East"] }],
  };
  const undo = slowProbe(() =>
    lab.emulator.control.setPdp({ dataset: lab.dataset, pdp: { enabled: true, policies: [policy] } }),
  );
  const { outs } = await (await lab.process()).create(argsOf(lab, path, { query: rowsOf() }));
  undo();
  expect(outs).toMatchObject({ rowCount: 1, pdp: { policies: ["East only"] }, drift: [] });
  expect(await posts()).toBe(1);
  await expectContent(lab, outs, rowsOf());
  expect((await (await lab.process()).read(outs)).props?.drift).toEqual([]);
});
