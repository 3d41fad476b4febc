import { DeleteBucketEncryptionCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { bucketNow, checkAudience, recheckBucket } from "../../provider/audience/check";
import { changesAudience } from "../../provider/audience/preview";
import { createAws } from "../../provider/aws/clients";
import { createKeptObjects } from "../../provider/aws/kept-objects";
import { realClock } from "../../provider/host/clock";
import { readSettings } from "../../provider/host/settings";
import { createServices, type Services } from "../../provider/services";
import { closeBucket, openBucket } from "../../local/aws-fixtures";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { type Lab, REGION, startLab } from "../support/lab";

let lab: Lab;
let proxy: FaultProxy;
let services: Services;
let skipped = 0;
let warnings: string[] = [];
let readings = 0;
const report = {
  progress: () => {},
  info: () => {},
  warn: (text: string) => void warnings.push(text),
  arrived: () => Promise.resolve(),
};

beforeAll(async () => {
  lab = await startLab();
  proxy = await startFaultProxy(lab.moto.endpoint, ({ url }) => {
    if (url.includes("?policyStatus")) readings++;
  });
});

beforeEach(async () => {
  await proxy.open();
  await lab.emulator.control.reset();
  vi.stubEnv("AWS_ENDPOINT_URL", proxy.url);
  warnings = [];
  readings = 0;
  const clock = { ...realClock(1), now: () => Date.now() + skipped };
  const settings = readSettings({});
  if (!settings.ok) throw new Error("no settings");
  const aws = createAws({ clock });
  services = await createServices(settings.settings, {
    clock,
    aws,
    kept: createKeptObjects(aws),
    previewed: new Map(),
  });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await closeBucket(lab.moto, lab.bucket);
});

afterAll(async () => {
  await proxy.shut();
  await lab.stop();
});

const reason = "open data, approved in DATA-17";
const options = (more: object = {}) => ({
  inputs: {
    dataset: lab.dataset,
    path: "exports/audience",
    roleArn: lab.roleArn,
    preflight: "strict" as const,
    acknowledgeUnrestricted: false,
    ...more,
  },
  place: { bucket: lab.bucket, region: REGION },
});

test("a closed bucket is allowed, and nothing of it is recorded as accepted", async () => {
  expect(await checkAudience(services, report, options())).toMatchObject({ pdp: { enabled: false, policies: [] } });
  expect(warnings).toEqual([]);
});

test("what is accepted is returned for state, and an unchanged reason covers nothing more", async () => {
  const first = await checkAudience(services, report, options({ acceptBucketAudience: reason }));
  expect(first.acceptedExposures).toEqual([]);
  const previous = { acceptBucketAudience: reason, acceptedExposures: first.acceptedExposures };
  await openBucket(lab.moto, lab.bucket);
  skipped += 5_000;
  await expect(
    checkAudience(services, report, { ...options({ acceptBucketAudience: reason }), previous }),
  ).rejects.toMatchObject({
    name: "PreflightError",
    message: expect.stringMatching(/Everybody.* — .*changing the text of acceptBucketAudience/) as string,
  });
  const renewed = { ...options({ acceptBucketAudience: `${reason}, and DATA-18` }), previous };
  const { acceptedExposures } = await checkAudience(services, report, renewed);
  expect(acceptedExposures).toEqual([expect.stringMatching(/^everyone:[0-9a-f]{32}$/)]);
  expect(warnings).toEqual([expect.stringMatching(/^accepted by acceptBucketAudience: bucket "/)]);
});

test("right before the export the bucket is read again, once for all that ask within five seconds", async () => {
  await checkAudience(services, report, options());
  expect(readings).toBe(1);
  await Promise.all([recheckBucket(services, options()), recheckBucket(services, options())]);
  expect(readings).toBe(1);
  await openBucket(lab.moto, lab.bucket);
  skipped += 5_000;
  const looks = await Promise.allSettled([recheckBucket(services, options()), recheckBucket(services, options())]);
  expect(readings).toBe(2);
  const message = expect.stringContaining('statement "Everybody"') as string;
  for (const look of looks)
    expect(look).toMatchObject({ status: "rejected", reason: { name: "PreflightError", message } });
});

test("right before the export, what was opened since the check is refused whatever the reason", async () => {
  const accepting = options({ acceptBucketAudience: reason });
  const { acceptedExposures: accepted } = await checkAudience(services, report, accepting);
  await openBucket(lab.moto, lab.bucket);
  skipped += 5_000;
  await expect(recheckBucket(services, { ...accepting, accepted })).rejects.toMatchObject({ name: "PreflightError" });
  await expect(recheckBucket(services, accepting)).rejects.toMatchObject({ name: "PreflightError" });
  skipped += 5_000;
  const now = await checkAudience(services, report, accepting);
  await recheckBucket(services, { ...accepting, accepted: now.acceptedExposures });
});

test("after the export what is open is a value, and nothing is thrown", async () => {
  expect(await bucketNow(services, options())).toEqual({ kind: "closed" });
  await openBucket(lab.moto, lab.bucket);
  skipped += 5_000;
  const opened = await bucketNow(services, options());
  expect(opened).toMatchObject({ kind: "open", exposures: [{ kind: "everyone" }] });
  const { acceptedExposures: accepted } = await checkAudience(
    services,
    report,
    options({ acceptBucketAudience: reason }),
  );
  expect(await bucketNow(services, { ...options(), accepted })).toEqual({ kind: "closed" });
});

test("after the export a bucket that can't be looked at is unclear, not closed", async () => {
  const denied = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
  const stop = proxy.add({
    match: ({ url }) => url.includes("?policyStatus"),
    answer: () => ({ status: 403, headers: { "content-type": "application/xml" }, body: denied }),
  });
  const missing = "the caller lacks s3:GetBucketPolicyStatus (policy status)";
  const message = `the audience of bucket "${lab.bucket}" can't be checked: ${missing}`;
  expect(await bucketNow(services, options())).toEqual({ kind: "unclear", message });
  stop();
  skipped += 5_000;
  await proxy.shut();
  expect(await bucketNow(services, options())).toEqual({
    kind: "unclear",
    message: expect.stringMatching(`^\\[S3 GetBucket\\*\\] "s3://${lab.bucket}": ECONNREFUSED`) as string,
  });
});

test("a dataset with row policies needs a bucket that encrypts, or a key", async () => {
  const west = { filterGroupId: 1, name: "West", type: "user" as const, userIds: [7], parameters: [] };
  const pdp = { enabled: true, policies: [{ ...west, parameters: [{ name: "Region", values: ["West"] }] }] };
  await lab.emulator.control.setPdp({ dataset: lab.dataset, pdp });
  expect((await checkAudience(services, report, options())).pdp).toMatchObject({ enabled: true, policies: ["West"] });
  const { accessKeyId, secretAccessKey } = lab.moto.deployer;
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({ endpoint: lab.moto.endpoint, region: REGION, forcePathStyle: true, credentials });
  await s3.send(new DeleteBucketEncryptionCommand({ Bucket: lab.bucket }));
  skipped += 5_000;
  await expect(checkAudience(services, report, options())).rejects.toMatchObject({
    name: "PreflightError",
    message: expect.stringContaining("has no default encryption, which a dataset with row policies needs") as string,
  });
  await checkAudience(services, report, options({ kmsKeyId: "k-1" }));
});

test("a change of any argument that decides the audience asks for another look, and of no other", () => {
  const olds = { ...options().inputs, acceptBucketAudience: reason, bucket: "b" };
  expect(changesAudience(olds, { ...olds })).toBe(false);
  expect(changesAudience(olds, { ...olds, verify: "rows" })).toBe(false);
  for (const name of ["dataset", "bucket", "path", "region", "roleArn", "kmsKeyId", "preflight", "expectedBucketOwner"])
    expect(changesAudience(olds, { ...olds, [name]: "other" })).toBe(true);
  expect(changesAudience(olds, { ...olds, acceptBucketAudience: undefined })).toBe(true);
  expect(changesAudience(olds, { ...olds, acknowledgeUnrestricted: true })).toBe(true);
});
