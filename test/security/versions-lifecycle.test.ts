import { ListObjectVersionsCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startFaultProxy } from "../../local/fault-proxy";
import { select } from "../../provider/query/build/builder";
import { type Lab, REGION, startLab } from "../support/lab";

let lab: Lab;
let s3: S3Client;
let count = 0;

beforeAll(async () => {
  lab = await startLab();
  const { accessKeyId, secretAccessKey } = lab.moto.deployer;
  const credentials = { accessKeyId, secretAccessKey };
  s3 = new S3Client({ endpoint: lab.moto.endpoint, region: REGION, forcePathStyle: true, credentials });
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket: lab.bucket, VersioningConfiguration }));
});

beforeEach(() => lab.emulator.control.reset());
afterAll(() => lab.stop());

const args = (path: string, more: object = {}) => ({
  ...{ dataset: lab.dataset, bucket: lab.bucket, roleArn: lab.roleArn, deleteObjects: true, path, ...more },
  query: JSON.parse(JSON.stringify(select("Order ID"))) as unknown,
});

/** Keys of all versions and delete markers below a path. */
async function versionsOf(path: string): Promise<string[]> {
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: lab.bucket, Prefix: path }));
  return [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])].map(({ Key = "" }) => Key);
}

test("in a bucket that keeps versions, destroy leaves no version of the export's objects", async () => {
  const path = `exports/versions-${++count}`;
  const { outs } = await (await lab.process()).create(args(path));
  expect(await versionsOf(path)).toEqual(outs.files.map(({ key }) => key));
  await (await lab.process()).delete(outs);
  expect(await versionsOf(path)).toEqual([]);
});

test("objects whose versions can't be removed stay recorded, and the next update removes them", async () => {
  const path = `exports/versions-${++count}`;
  const proxy = await startFaultProxy(lab.moto.endpoint);
  const refuse = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
  vi.stubEnv("AWS_ENDPOINT_URL", proxy.url);
  try {
    const first = await (await lab.process()).create(args(path));
    const keys = first.outs.files.map(({ key }) => key);
    const allow = proxy.add({
      match: ({ url }) => url.includes("?versions") || url.includes("&versions"),
      answer: () => ({ status: 403, headers: { "content-type": "application/xml" }, body: refuse }),
    });
    const advance = () => lab.emulator.control.advanceData({ dataset: lab.dataset });
    await advance();
    const second = await (await lab.process()).update(first.outs, args(path, { triggers: 2 }));
    expect(second.outs.superseded).toEqual(keys);
    expect(await versionsOf(path)).toEqual(expect.arrayContaining(keys));
    allow();
    await advance();
    const third = await (await lab.process()).update(second.outs, args(path, { triggers: 3 }));
    expect(third.outs.superseded).toBeUndefined();
    expect(await versionsOf(path)).toEqual(third.outs.files.map(({ key }) => key));
  } finally {
    vi.unstubAllEnvs();
    await proxy.shut();
  }
});
