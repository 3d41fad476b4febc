import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { setTimeout } from "node:timers/promises";
import { select } from "../../provider/query/build/builder";
import { startFaultProxy } from "../../local/fault-proxy";
import { type Lab, startLab } from "../support/lab";
import { closeBucket, openBucket } from "../../local/aws-fixtures";

let lab: Lab;
let count = 0;
beforeAll(async () => {
  lab = await startLab();
});
beforeEach(() => lab.emulator.control.reset());
afterAll(() => lab.stop());

const args = (more: Record<string, unknown> = {}) => ({
  dataset: lab.dataset,
  query: JSON.parse(JSON.stringify(select("Order ID"))) as unknown,
  bucket: lab.bucket,
  path: `exports/audience-${++count}`,
  roleArn: lab.roleArn,
  ...more,
});

async function failure(run: Promise<unknown>): Promise<Error> {
  return run.then(
    () => expect.fail("it succeeded"),
    (error: Error) => error,
  );
}

test("a public bucket is refused before anything is started, in the preview too", async () => {
  await openBucket(lab.moto, lab.bucket);
  try {
    const error = await failure((await lab.process()).create(args()));
    expect(error.name).toBe("PreflightError");
    expect(error.message).toContain(`bucket "${lab.bucket}"`);
    expect(error.message).toContain("acceptBucketAudience");
    expect(await lab.emulator.control.exports({})).toEqual([]);
    const { failures } = await (await lab.process()).check({ ...args(), dryRun: true });
    const named = `bucket "${lab.bucket}" `;
    expect(failures).toEqual([{ property: "bucket", reason: error.message.replace(named, "") }]);
    const reason = "open data, approved in DATA-17";
    const { outs } = await (await lab.process()).create(args({ acceptBucketAudience: reason }));
    expect(outs).toMatchObject({ exportStatus: "success", acceptBucketAudience: reason });
  } finally {
    await closeBucket(lab.moto, lab.bucket);
  }
});

test("outputs name the row policies that applied to the token's user", async () => {
  expect((await (await lab.process()).create(args())).outs.pdp).toMatchObject({ enabled: false, policies: [] });
  const west = {
    filterGroupId: 1,
    name: "West only",
    type: "user" as const,
    userIds: [7],
    parameters: [{ name: "Region", values: ["West"] }],
  };
  await lab.emulator.control.setPdp({ dataset: lab.dataset, pdp: { enabled: true, policies: [west] } });
  await lab.emulator.control.advanceData({ dataset: lab.dataset });
  const { outs } = await (await lab.process()).create(args());
  expect(outs).toMatchObject({ rowCount: 2, pdp: { enabled: true, policies: ["West only"] } });
});

test("exports that ask within some seconds share one reading of the bucket's settings until one starts, and later ones see what it has become", async () => {
  const asked: string[] = [];
  const proxy = await startFaultProxy(lab.moto.endpoint, ({ url }) => {
    if (url.includes("?policyStatus")) asked.push(url);
  });
  vi.stubEnv("AWS_ENDPOINT_URL", proxy.url);
  try {
    await lab.emulator.control.setOptions({ reuse: "never" });
    const provider = await lab.process();
    await Promise.all([provider.create(args()), provider.create(args())]);
    // One before both, and one after each: what is looked at after an export is read after its start.
    expect(asked).toHaveLength(3);
    await openBucket(lab.moto, lab.bucket);
    await setTimeout(5500);
    expect((await failure(provider.create(args()))).name).toBe("PreflightError");
    expect(asked).toHaveLength(4);
  } finally {
    await closeBucket(lab.moto, lab.bucket);
    vi.unstubAllEnvs();
    await proxy.shut();
  }
});
