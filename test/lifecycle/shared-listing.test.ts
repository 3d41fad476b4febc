import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { s3Of, type S3View } from "../../local/aws-fixtures";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { type Moto, startMoto } from "../../local/moto";
import { createAws } from "../../provider/aws/clients";
import { createSharedListing } from "../../provider/aws/shared-listing";
import { AwsCallError } from "../../provider/errors";
import { realClock } from "../../provider/host/clock";

const REGION = "eu-west-3";
let moto: Moto;
let proxy: FaultProxy;
let s3: S3View;
/** Prefixes of the listings that reached S3. */
let listed: string[] = [];
beforeAll(async () => {
  moto = await startMoto({});
  s3 = s3Of(moto);
  proxy = await startFaultProxy(moto.endpoint, ({ url }) => {
    const query = new URL(url, "http://s3").searchParams;
    if (query.get("list-type") === "2") listed.push(query.get("prefix") ?? "");
  });
}, 180_000);
afterAll(async () => {
  await proxy.shut();
  await moto.stop();
});
beforeEach(() => {
  listed = [];
  vi.stubEnv("AWS_ENDPOINT_URL", proxy.url);
  vi.stubEnv("AWS_REGION", REGION);
  vi.stubEnv("AWS_ACCESS_KEY_ID", moto.deployer.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", moto.deployer.secretAccessKey);
});
afterEach(() => vi.unstubAllEnvs());

/** Listings as a new process makes them, and each folder by itself, to compare with. */
function listings() {
  const clock = realClock();
  const aws = createAws({ clock });
  return { shared: createSharedListing(aws, clock), single: aws };
}

let buckets = 0;
async function bucketWith(keys: readonly string[]): Promise<{ bucket: string; region: string }> {
  const bucket = `listed-${++buckets}`;
  await s3.createBucket(bucket);
  for (let at = 0; at < keys.length; at += 25)
    await Promise.all(keys.slice(at, at + 25).map((key) => s3.put(bucket, key, key)));
  return { bucket, region: REGION };
}

const folderOf = (number: number, id = "new") => `exports/many/${(number * 7919) % 9973}/${id}/export/`;
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

/** Runs `work` for all items, so many at a time, as the engine does. */
async function atOnce<T>(lanes: number, items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const lane = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

test("400 exports of one object in one bucket cost at most two listings, each with its own objects", async () => {
  const folders = numbers(400).map((number) => folderOf(number));
  const place = await bucketWith(folders.map((folder) => `${folder}data.csv.gz`));
  for (const lanes of [400, 16]) {
    listed = [];
    const { shared, single } = listings();
    await atOnce(lanes, folders, async (folder) => {
      expect((await shared(place, folder)).map(({ key }) => key)).toEqual([`${folder}data.csv.gz`]);
    });
    expect(listed.length).toBeLessThanOrEqual(2);
    expect(await shared(place, folders[7]!)).toEqual((await single.list(place, folders[7]!)).objects);
  }
}, 180_000);

test.each([
  ["before", "exports/one/aa/new/export/"],
  ["after", "exports/one/0a/new/export/"],
])("an object %s the folder is found by the folder's own call", async (_where, folder) => {
  const place = await bucketWith(["exports/one/_a.manifest.json", "exports/one/_a.manifest.jso", `${folder}data.csv`]);
  const { shared } = listings();
  const [objects, manifest, none] = await Promise.all([
    shared(place, folder),
    shared.object(place, "exports/one/_a.manifest.json"),
    shared.object(place, "exports/one/_a.manifest.js"),
  ]);
  expect(objects.map(({ key }) => key)).toEqual([`${folder}data.csv`]);
  expect(manifest?.key).toBe("exports/one/_a.manifest.json");
  expect(none).toBeUndefined();
  expect(listed).toEqual(["exports/one/"]);
});

test("400 exports that share a path, each with its manifest there, cost at most three listings", async () => {
  const folders = numbers(400).map((number) => folderOf(number));
  const manifestOf = (folder: string) => `exports/many/_${folder.split("/")[2]}.manifest.json`;
  const place = await bucketWith(folders.flatMap((folder) => [`${folder}data.csv.gz`, manifestOf(folder)]));
  for (const lanes of [400, 16]) {
    listed = [];
    const { shared } = listings();
    await atOnce(lanes, folders, async (folder) => {
      const [objects, manifest] = await Promise.all([shared(place, folder), shared.object(place, manifestOf(folder))]);
      expect(objects.map(({ key }) => key)).toEqual([`${folder}data.csv.gz`]);
      expect(manifest?.key).toBe(manifestOf(folder));
    });
    expect(listed.length).toBeLessThanOrEqual(3);
  }
}, 180_000);

test("exports with many old objects cost no more than a listing each", async () => {
  const keys = numbers(12).flatMap((number) => numbers(90).map((id) => `${folderOf(number, String(id))}data.csv.gz`));
  const place = await bucketWith(keys);
  const folders = numbers(12).map((number) => folderOf(number, "7"));
  for (const lanes of [12, 4]) {
    listed = [];
    const { shared } = listings();
    await atOnce(lanes, folders, async (folder) => {
      expect((await shared(place, folder)).map(({ key }) => key)).toEqual([`${folder}data.csv.gz`]);
    });
    expect(listed.length).toBeLessThanOrEqual(12);
  }
}, 180_000);

test("a caller who may not list what the folders share lists each by itself, without an error", async () => {
  const folders = numbers(10).map((number) => folderOf(number));
  const place = await bucketWith(folders.map((folder) => `${folder}data.csv.gz`));
  const body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
  const lift = proxy.add({
    match: ({ url }) => new URL(url, "http://s3").searchParams.get("prefix") === "exports/many/",
    answer: () => ({ status: 403, headers: { "content-type": "application/xml" }, body }),
  });
  const { shared } = listings();
  await atOnce(10, folders, async (folder) => {
    expect((await shared(place, folder)).map(({ key }) => key)).toEqual([`${folder}data.csv.gz`]);
  });
  lift();
  expect(listed.sort()).toEqual([...folders].sort());
});

test("a bucket that does not exist is an error of each folder's own listing", async () => {
  const { shared } = listings();
  const outcomes = await Promise.allSettled(
    ["exports/a/", "exports/b/"].map((folder) => shared({ bucket: "no-such-bucket", region: REGION }, folder)),
  );
  for (const outcome of outcomes) {
    const reason: unknown = outcome.status === "rejected" ? outcome.reason : undefined;
    expect(reason).toBeInstanceOf(AwsCallError);
    expect(reason).toMatchObject({ code: "NoSuchBucket" });
  }
});

test("what is forgotten is listed anew", async () => {
  const place = await bucketWith(["exports/a/1", "exports/b/1"]);
  const { shared } = listings();
  const both = async () =>
    (await Promise.all(["exports/a/", "exports/b/"].map((folder) => shared(place, folder)))).flat();
  expect(await both()).toHaveLength(2);
  await s3.remove(place.bucket, "exports/a/1");
  expect(await both()).toHaveLength(2);
  shared.forget(place.bucket);
  expect(await both()).toHaveLength(1);
  expect(listed).toHaveLength(2);
});
