import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { ListObjectVersionsCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { s3Of } from "../../local/aws-fixtures";
import type { ExportState } from "../../provider/state/export-state";
import { type Lab, REGION, startLab } from "../support/lab";
import { argsOf, failure } from "./hostile";

let lab: Lab;
let path: string;
let count = 0;
beforeAll(async () => {
  lab = await startLab();
});
beforeEach(async () => {
  await lab.emulator.control.reset();
  path = `exports/destroy-${++count}`;
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => lab.stop());

const args = (more: Record<string, unknown> = {}) => argsOf(lab, path, { deleteObjects: true, ...more });
const stored = async () => (await lab.keys()).filter((key) => key.startsWith(`${path}/`));
const keysOf = ({ files }: ExportState) => files.map(({ key }) => key);
const urn = (name: string) => ({ resourceUrn: `urn:pulumi:s::p::pulumi-nodejs:dynamic:Resource::${name}` });

// C1
test("destroy removes the objects without any setting of Domo", async () => {
  const { outs } = await (await lab.process()).create(args());
  for (const name of ["DOMO_DEVELOPER_TOKEN", "DOMO_INSTANCE", "DOMO_BASE_URL"]) vi.stubEnv(name, "");
  await lab.emulator.control.clearRequests();
  await (await lab.process()).delete(outs);
  expect(await stored()).toEqual([]);
  expect(await lab.emulator.control.countRequests({})).toBe(0);
});

// C2
test("the objects of an export that was not verified are recorded, and destroy removes them", async () => {
  await lab.emulator.control.setOptions({ missingRows: 1 });
  const { properties } = await failure((await lab.process()).create(args({ verify: "rows" })));
  expect(properties?.unverifiedKeys).toEqual(await stored());
  expect(properties?.unverifiedKeys).toHaveLength(1);
  await (await lab.process()).delete(properties as ExportState);
  expect(await stored()).toEqual([]);
});

// C2
test("what an export wrote that Domo has not named is removed with it", async () => {
  await lab.emulator.control.setOptions({ urlsLaterSeconds: 3600 });
  const { properties } = await failure((await lab.process()).create(args()));
  expect(properties?.unverifiedKeys).toBeUndefined();
  expect(await stored()).toHaveLength(1);
  await (await lab.process()).delete(properties as ExportState);
  expect(await stored()).toEqual([]);
});

// C3
test("in a bucket that keeps versions, destroy leaves no version of the data", async () => {
  const { accessKeyId, secretAccessKey } = lab.moto.deployer;
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({ endpoint: lab.moto.endpoint, region: REGION, forcePathStyle: true, credentials });
  const Bucket = `${lab.bucket}-versions`;
  await s3Of(lab.moto).createBucket(Bucket);
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const own = { bucket: Bucket, roleArn: undefined, allowLongLivedCredentials: true };
  const { outs } = await (await lab.process()).create(args(own));
  const versions = async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    return [...Versions, ...DeleteMarkers].map(({ Key }) => Key);
  };
  expect(await versions()).toEqual(keysOf(outs));
  await (await lab.process()).delete(outs);
  expect(await versions()).toEqual([]);
});

// C4
test.each(["the one that created it", "the one that reused it"])(
  "of two resources that share an export, destroying one in the run that keeps the other removes nothing: kept is %s",
  async (kept) => {
    const creator = (await (await lab.process()).create(args(urn("creator")))).outs;
    const reuser = (await (await lab.process()).create(args(urn("reuser")))).outs;
    expect(reuser).toMatchObject({ origin: "reused", exportId: creator.exportId });
    const isCreator = kept === "the one that created it";
    const [stays, goes] = isCreator ? [creator, reuser] : [reuser, creator];
    const run = await lab.process();
    const { changes } = await run.diff(stays, args(urn(isCreator ? "creator" : "reuser")));
    expect(changes).toBe(false);
    await run.delete(goes);
    const manifest = `${path}/_${isCreator ? "creator" : "reuser"}.manifest.json`;
    expect(await stored()).toEqual([...keysOf(creator), manifest].sort());
    await (await lab.process()).delete(stays);
    expect(await stored()).toEqual([]);
  },
);
