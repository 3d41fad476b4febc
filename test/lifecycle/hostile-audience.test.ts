import { setTimeout } from "node:timers/promises";
import { DeleteBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { closeBucket, openBucket } from "../../local/aws-fixtures";
import { startFaultProxy } from "../../local/fault-proxy";
import type { ExportState } from "../../provider/state/export-state";
import { type EngineServer, startEngineServer } from "../support/engine-server";
import { type Lab, REGION, startLab } from "../support/lab";
import { argsOf, expectContent, failure, processTelling, rowsOf, startedBy, untilStarted } from "./hostile";

let lab: Lab;
let engine: EngineServer;
let s3: S3Client;
let path: string;
let count = 0;
beforeAll(async () => {
  lab = await startLab();
  engine = await startEngineServer();
  const { accessKeyId, secretAccessKey } = lab.moto.deployer;
  const credentials = { accessKeyId, secretAccessKey };
  s3 = new S3Client({ endpoint: lab.moto.endpoint, region: REGION, forcePathStyle: true, credentials });
});
beforeEach(async () => {
  await lab.emulator.control.reset();
  path = `exports/audience-${++count}`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await closeBucket(lab.moto, lab.bucket);
});
afterAll(async () => {
  engine.close();
  await lab.stop();
});

const REASON = "agreed with the auditor in DATA-17";
const urn = (name: string) => `urn:pulumi:s::p::pulumi-nodejs:dynamic:Resource::${name}`;
const args = (more?: Record<string, unknown>) => argsOf(lab, path, more);
const update = async (state: ExportState, more?: Record<string, unknown>) =>
  (await (await lab.process()).update(state, args(more))).outs;

/** Lets one account read what a statement of this partition is about. */
async function allow(principal: string, partition = "aws"): Promise<void> {
  const statement = {
    Sid: "Auditor",
    Effect: "Allow",
    Principal: { AWS: principal },
    Action: "s3:GetObject",
    Resource: `arn:${partition}:s3:::${lab.bucket}/*`,
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await s3.send(new PutBucketPolicyCommand({ Bucket: lab.bucket, Policy }));
}
const closed = () => s3.send(new DeleteBucketPolicyCommand({ Bucket: lab.bucket }));

// A4
test("a bucket that is opened while a stranger's export is waited for gets nothing", async () => {
  vi.stubEnv("DOMO_TIME_SCALE", "20");
  await lab.emulator.control.setOptions({ reuse: "never" });
  const foreign = { dataset: lab.dataset, bucket: "theirs", seconds: 3600 };
  const { exportId } = await lab.emulator.control.startForeignExport(foreign);
  const run = failure((await lab.process()).create(args()));
  const list = () => lab.emulator.control.countRequests({ method: "GET", path: "v1/export" });
  await expect.poll(list, { timeout: 30_000 }).toBeGreaterThan(1);
  await openBucket(lab.moto, lab.bucket);
  await setTimeout(500); // longer than a reading is shared: 5 s of the provider's clock
  await lab.emulator.control.finishExport({ exportId });
  expect((await run).name).toBe("PreflightError");
  expect(await startedBy(lab)).toEqual([]);
});

// A4
test("a bucket that is opened while an export waits for its turn gets nothing of it", async () => {
  vi.stubEnv("DOMO_TIME_SCALE", "20");
  await lab.emulator.control.setOptions({ reuse: "never", exportSeconds: 2 });
  const provider = await lab.process();
  const run = (name: string) => provider.create(args({ path: `${path}/${name}`, resourceUrn: urn(name) }));
  const both = Promise.allSettled([run("a"), run("b")]);
  await untilStarted(lab);
  await openBucket(lab.moto, lab.bucket);
  const ended = await both;
  const kinds = ended.flatMap((one) =>
    one.status === "fulfilled" ? one.value.outs.drift.map(({ kind }) => kind) : [],
  );
  expect(kinds).toEqual(["bucket-exposed"]);
  const errors = ended.flatMap((one) => (one.status === "rejected" ? [(one.reason as Error).name] : []));
  expect(errors).toEqual(["PreflightError"]);
  expect(await startedBy(lab)).toHaveLength(1);
});

// A4
test("a bucket that is opened during the export is a drift, and said loudly", async () => {
  vi.stubEnv("DOMO_TIME_SCALE", "20");
  await lab.emulator.control.setOptions({ exportSeconds: 2 });
  const run = (await processTelling(engine)).create(args({ resourceUrn: urn("opened") }));
  await untilStarted(lab);
  await openBucket(lab.moto, lab.bucket);
  const { outs } = await run;
  expect(outs.exportStatus).toBe("success");
  expect(outs.drift.map(({ kind }) => kind)).toEqual(["bucket-exposed"]);
  await expectContent(lab, outs, rowsOf("West"));
  const told = () =>
    engine.messages.filter((one) => one.urn === urn("opened") && !one.ephemeral).map(({ text }) => text);
  await expect.poll(told).toContainEqual(expect.stringContaining("something changed meanwhile"));
});

// F1
test("a reason given for one account does not cover a bucket that is public later", async () => {
  await lab.emulator.control.setOptions({ reuse: "never" });
  await allow("arn:aws:iam::999999999999:root");
  const { outs } = await (await lab.process()).create(args({ acceptBucketAudience: REASON }));
  expect(outs.acceptedExposures).toHaveLength(1);
  await openBucket(lab.moto, lab.bucket);
  const { props } = await (await lab.process()).read(outs);
  expect(props?.drift.map(({ kind }) => kind)).toEqual(["bucket-exposed"]);
  const error = await failure(update(outs, { acceptBucketAudience: REASON, triggers: 2 }));
  expect(error.name).toBe("PreflightError");
  expect(await startedBy(lab)).toEqual([outs.exportId]);
  const renewed = await update(outs, { acceptBucketAudience: `${REASON}, now open data`, triggers: 2 });
  expect(renewed.exportId).not.toBe(outs.exportId);
});

// F1
test("no reason makes a foreign owner acceptable", async () => {
  // moto does not compare the expected owner; AWS does, and refuses.
  const aws = await startFaultProxy(lab.moto.endpoint);
  aws.add({
    match: ({ headers }) => (headers["x-amz-expected-bucket-owner"] ?? lab.moto.accountId) !== lab.moto.accountId,
    answer: () => ({ status: 403, body: "" }),
  });
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  try {
    const strange = { expectedBucketOwner: "210987654321", acceptBucketAudience: REASON };
    const error = await failure((await lab.process()).create(args(strange)));
    expect(error.name).toBe("PreflightError");
    expect(error.message).toContain("does not belong to account 210987654321");
    expect(await startedBy(lab)).toEqual([]);
  } finally {
    await aws.shut();
  }
});

// F2
test.each(["aws-cn", "aws-us-gov"])(
  "without a role, a statement of the partition %s is an exposure",
  async (partition) => {
    await allow(`arn:${partition}:iam::999999999999:root`, partition);
    const own = { roleArn: undefined, allowLongLivedCredentials: true };
    const error = await failure((await lab.process()).create(args(own)));
    expect(error.name).toBe("PreflightError");
    expect(error.message).toContain("999999999999");
    expect(await startedBy(lab)).toEqual([]);
  },
);

// F3
test("an acceptance that is taken away is looked at, not just recorded", async () => {
  await allow("arn:aws:iam::999999999999:root");
  const { outs } = await (await lab.process()).create(args({ acceptBucketAudience: REASON }));
  const error = await failure(update(outs));
  expect(error.name).toBe("PreflightError");
  await closed();
  const recorded = await update(outs);
  expect(recorded.acceptBucketAudience).toBeUndefined();
  expect(recorded.acceptedExposures).toBeUndefined();
  expect(await startedBy(lab)).toEqual([outs.exportId]);
});
