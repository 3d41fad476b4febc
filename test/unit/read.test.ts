import { expect, test } from "vitest";
import { AwsCallError, DomoConnectionError, DomoStatusError, PreflightError } from "../../provider/errors";
import { exposureId } from "../../provider/audience/acceptance";
import { bucketExposures } from "../../provider/audience/bucket-exposures";
import { readExport, readWith } from "../../provider/read";
import type { Reporter } from "../../provider/host/reporter";
import type { Services } from "../../provider/services";
import { state as recorded } from "../support/export-state";

const state = { ...recorded, pdp: undefined, preflight: "strict" as const };
const awsError = (code: string) => new AwsCallError(code, { code, advice: "grant it", cause: undefined });
const absent = new DomoStatusError("no such dataset", 404, undefined);
const noBucket = awsError("NoSuchBucket");
const objects = state.files.map(({ key, bytes, etag }) => ({ key, bytes, etag, lastModified: 0 }));

/** What Domo and S3 answer; an error is thrown. */
interface Answers {
  region: unknown;
  dataset: unknown;
  objects: unknown;
  manifest: unknown;
  settings: unknown;
  list: unknown;
  origin: string;
}

/** Services that answer like this, and the names of the reads that were asked. */
function services(more: Partial<Answers> = {}) {
  const answers: Answers = {
    region: state.bucketRegion,
    dataset: { id: "dataset", name: "Orders", dataUpdated: state.startedAt },
    objects,
    manifest: undefined,
    settings: awsError("AccessDenied"),
    list: { value: [{ exportId: state.exportId }], domoTime: 0 },
    origin: state.instance,
    ...more,
  };
  const asked: string[] = [];
  const answer = (name: keyof Answers) => () => {
    asked.push(name);
    const value = answers[name];
    return value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
  };
  const columns = () => answer("dataset")().then(() => [{ name: "Region", type: "STRING" }]);
  const hidden = () => Promise.reject(new DomoStatusError("no", 403, undefined));
  const listing = Object.assign(answer("objects"), { object: answer("manifest") });
  const read = {
    bucketRegion: answer("region"),
    dataset: answer("dataset"),
    columns,
    policies: hidden,
    user: hidden,
    list: answer("list"),
    listing,
    bucketSettings: answer("settings"),
  };
  return { asked, services: { settings: { origin: answers.origin }, read } as unknown as Services };
}

const silent = { warn: () => undefined, arrived: () => Promise.resolve() } as unknown as Reporter;
const driftOf = async (more: Partial<Answers>) =>
  (await readWith(services(more).services, silent, state))?.drift.map(({ kind }) => kind);

test("an export that is there as recorded has no drift, and Domo's list is not read", async () => {
  const { asked, services: intact } = services();
  expect(await readWith(intact, silent, state)).toEqual({ ...state, drift: [] });
  expect(asked).not.toContain("list");
});

test.each([
  ["an object is missing", { objects: objects.slice(1) }, ["object-missing"]],
  ["no object is left, but Domo lists the export", { objects: [] }, ["object-missing", "object-missing"]],
  ["the bucket is gone, but Domo lists the export", { region: noBucket }, ["bucket-gone"]],
  ["the dataset is gone", { dataset: absent }, ["dataset-gone"]],
  ["the data is newer", { dataset: { dataUpdated: "2026-02-01T00:00:00.000Z" } }, ["new-data"]],
])("when %s, that is the drift", async (_, more, kinds) => {
  expect(await driftOf(more)).toEqual(kinds);
});

test("the bucket is gone where S3 answers HeadBucket without a body", async () => {
  expect(await driftOf({ region: awsError("NotFound") })).toEqual(["bucket-gone"]);
});

test("a manifest that is there as recorded has not drifted", async () => {
  const manifestObject = { key: "m", etag: "em", exportId: state.exportId };
  const manifest = { key: "m", bytes: 1, etag: "em", lastModified: 0 };
  const read = await readWith(services({ manifest }).services, silent, { ...state, manifestObject });
  expect(read?.drift).toEqual([]);
});

test("what drifted is said, and has arrived before the read is over", async () => {
  const said: string[] = [];
  const report = {
    warn: (text: string) => void said.push(text),
    arrived: () => Promise.resolve().then(() => void said.push("arrived")),
  } as unknown as Reporter;
  await readWith(services({ objects: objects.slice(1) }).services, report, state);
  expect(said).toEqual([
    "whether the bucket has been opened is not known: AccessDenied — grant it",
    'drift: object-missing "a": expected 10 bytes, etag ea, found no such object',
    "arrived",
  ]);
});

test("a read that fails waits for those under way: none answers a later operation", async () => {
  let answered = false;
  const { services: refusing } = services({ region: awsError("AccessDenied") });
  const slowly = () => new Promise((resolve) => setImmediate(resolve)).then(() => (answered = true));
  Object.assign(refusing.read, { dataset: slowly });
  await expect(readWith(refusing, silent, state)).rejects.toThrow("AccessDenied");
  expect(answered).toBe(true);
});

test("an exposure that was accepted is no drift, another one is", async () => {
  const grants = [{ grantee: "http://acs.amazonaws.com/groups/global/AllUsers", permission: "READ" }];
  const settings = { grants, website: false, unreadable: [] };
  const exposed = bucketExposures(settings, { bucket: state.bucket, ownAccounts: [] });
  const acceptedExposures = exposed.map(exposureId);
  expect(await driftOf({ settings })).toEqual(["bucket-exposed"]);
  const read = await readWith(services({ settings }).services, silent, { ...state, acceptedExposures });
  expect(read?.drift).toEqual([]);
});

test.each([
  ["no object is left, and Domo does not list it", { objects: [], list: { value: [], domoTime: 0 } }],
  ["no object is left, and the dataset is gone", { objects: [], dataset: absent, list: absent }],
  ["the bucket is gone, and Domo does not list it", { region: noBucket, list: { value: [], domoTime: 0 } }],
])("gone is only what neither knows: %s", async (_, more) => {
  expect(await driftOf(more)).toBeUndefined();
});

test.each([
  ["Domo", { dataset: new DomoConnectionError("no answer", false) }],
  ["a refusing Domo", { dataset: new DomoStatusError("no", 403, undefined) }],
  ["Domo's list", { objects: [], list: new DomoConnectionError("no answer", false) }],
  ["S3", { objects: awsError("AccessDenied") }],
  ["the bucket", { region: awsError("AccessDenied") }],
])("what %s does not answer is an error, never gone", async (_, more) => {
  const thrown = Object.values(more).find((value) => value instanceof Error);
  await expect(driftOf(more)).rejects.toBe(thrown);
});

test("an export of another instance is not looked for", async () => {
  const { asked, services: other } = services({ origin: "https://acme-emea.domo.com" });
  await expect(readWith(other, silent, state)).rejects.toThrow(
    new PreflightError("export export is of https://acme.domo.com, but the settings name https://acme-emea.domo.com", {
      advice: "correct domo:instance (DOMO_INSTANCE), or run pulumi up to export from the other instance",
    }),
  );
  expect(asked).toEqual([]);
});

test.each(["none", "exporting", "error", "unknown", "unverified"] as const)(
  "an export whose status is %s stays as it is, without settings and without a call",
  async (exportStatus) => {
    const unfinished = { ...state, exportStatus };
    expect(await readExport({}, unfinished)).toBe(unfinished);
  },
);

test("an export that went well is asked about, which needs settings", async () => {
  await expect(readExport({}, state)).rejects.toThrow("DOMO_INSTANCE");
});
