import { expect, test } from "vitest";
import { bucketNow, checkAudience, recheckBucket } from "../../provider/audience/check";
import { exposureId } from "../../provider/audience/acceptance";
import { policiesDigest, policiesNow } from "../../provider/audience/policies-digest";
import { changesAudience, previewAudience } from "../../provider/audience/preview";
import { arePoliciesHidden, datasetAudience, unrestrictedText } from "../../provider/audience/row-policies";
import type { Acceptance } from "../../provider/audience/acceptance";
import { bucketExposures } from "../../provider/audience/bucket-exposures";
import { audienceArguments } from "../../provider/args/arguments";
import type { ExportInputs } from "../../provider/args/schema";
import type { DomoPolicies } from "../../provider/domo/answers";
import { AwsCallError, DomoConnectionError, DomoStatusError, PreflightError } from "../../provider/errors";
import type { Reporter } from "../../provider/host/reporter";
import { UNKNOWN } from "../../provider/host/unknown";
import type { Services } from "../../provider/services";
import { inputs } from "../support/export-state";

const place = { bucket: "bucket", region: "eu-west-3" };
const everyone = { grantee: "http://acs.amazonaws.com/groups/global/AllUsers", permission: "READ" };
const closed = {
  grants: [] as object[],
  website: false,
  unreadable: [] as object[],
  encryption: { algorithm: "AES256" },
};
const open = { ...closed, grants: [everyone] };
const openFact = `bucket "bucket" is open to everyone: its ACL grants READ to "${everyone.grantee}"`;
const ids = bucketExposures(open as never, { bucket: "bucket", ownAccounts: [] }).map(exposureId);
const unreadable = [{ setting: "policy", action: "s3:GetBucketPolicy", code: "AccessDenied" }];
const awsError = (code: string) => new AwsCallError("S3 says no", { code, advice: "grant it", cause: undefined });
const west: DomoPolicies[number] = { filterGroupId: 2, name: "West", type: "user", userIds: ["7"], parameters: [{}] };
const other: DomoPolicies[number] = { ...west, filterGroupId: 3, name: "East", userIds: ["8"] };

interface World {
  settings: unknown;
  policies: unknown;
  dataset: object;
  region: unknown;
}

function world({ settings = closed, policies = [], dataset = {}, region = place.region }: Partial<World> = {}) {
  const said: string[] = [];
  const asked: string[] = [];
  const answer = (name: string, value: unknown) => () => {
    asked.push(name);
    return value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
  };
  const read = {
    policies: answer("policies", policies),
    user: answer("user", { id: "7" }),
    dataset: answer("dataset", { name: "Orders", ...dataset }),
    bucketSettings: answer("settings", settings),
    bucketRegion: answer("region", region),
  };
  const report = { warn: (text: string) => void said.push(text) } as unknown as Reporter;
  return { services: { read } as unknown as Services, report, said, asked };
}

/** What the check comes to, and what is said. */
async function checked(given: Partial<World>, args: Partial<ExportInputs> = {}, previous?: Acceptance) {
  const { services, report, said } = world(given);
  const plain = { ...inputs, acceptBucketAudience: undefined, kmsKeyId: undefined, ...args };
  const result = await checkAudience(services, report, { inputs: plain, place, previous }).catch(
    (error: unknown) => error as PreflightError,
  );
  return { result, said };
}

test("a closed bucket of a dataset without row policies has nothing to say", async () => {
  const { result, said } = await checked({});
  expect(said).toEqual([]);
  expect(result).toEqual({ pdp: { enabled: false, policies: [], digest: expect.any(String) as string } });
  expect(Object.keys((result as { pdp: object }).pdp)).toEqual(["enabled", "policies", "digest"]);
});

test("an open bucket is refused, or accepted for the reason that is given, and that is recorded", async () => {
  expect((await checked({ settings: open })).result).toMatchObject({ name: "PreflightError", fact: openFact });
  const args = { acceptBucketAudience: "SEC-7" };
  const { result, said } = await checked({ settings: open }, args);
  expect(result).toMatchObject({ acceptedExposures: ids });
  expect(said).toEqual([`accepted by acceptBucketAudience: ${openFact}`]);
  const before = { ...args, acceptedExposures: [] };
  expect((await checked({ settings: open }, args, before)).result).toBeInstanceOf(PreflightError);
  expect((await checked({ settings: open }, args, { ...before, acceptBucketAudience: "x" })).result).toMatchObject({
    acceptedExposures: ids,
  });
});

test("restricted rows need a bucket with encryption, or a key", async () => {
  const plain = { ...closed, encryption: undefined };
  const { result } = await checked({ settings: plain, policies: [west] });
  expect(result).toBeInstanceOf(PreflightError);
  expect(result).toMatchObject({
    fact: 'bucket "bucket" has no default encryption, which a dataset with row policies needs',
  });
  const ok = { pdp: { enabled: true, policies: ["West"] } };
  expect((await checked({ settings: plain, policies: [west] }, { kmsKeyId: "key" })).result).toMatchObject(ok);
  expect((await checked({ policies: [west] })).result).toMatchObject(ok);
  expect((await checked({ settings: plain })).result).not.toBeInstanceOf(Error);
  const hidden = new DomoStatusError("no", 403, undefined);
  expect((await checked({ settings: plain, policies: hidden })).result).toEqual({ pdp: undefined });
});

const unrestricted =
  'dataset "Orders" has row policies, and the token\'s user sees all of its rows: everyone who can read the files will see them too; ' +
  "use a token of a restricted user, or set acknowledgeUnrestricted: true";
test.each<[string, Partial<World>, Partial<ExportInputs>, string[]]>([
  ["the owner", { policies: [west], dataset: { owner: { id: "7" } } }, {}, [unrestricted]],
  ["an admin", { policies: [west], dataset: { permissions: "READ_ADMIN" } }, {}, [unrestricted]],
  [
    "an admin, acknowledged",
    { policies: [west], dataset: { permissions: "ADMIN" } },
    { acknowledgeUnrestricted: true },
    [],
  ],
  ["perhaps nobody", { policies: [other] }, {}, [unrestricted.replace("sees", "may see")]],
  ["a restricted user", { policies: [west] }, {}, []],
  ["an owner without row policies", { dataset: { owner: { id: "7" } } }, {}, []],
])("that the rows are those of %s is said where they are not restricted", async (_, given, args, texts) => {
  expect((await checked(given, args)).said).toEqual(texts);
});

test("row policies that Domo does not show are said, other errors are thrown", async () => {
  const hidden = new DomoStatusError("403 Forbidden", 403, undefined);
  expect((await checked({ policies: hidden })).said).toEqual([
    "the row policies of dataset dataset can't be read: 403 Forbidden",
  ]);
  const broken = new DomoConnectionError("no answer", false);
  expect((await checked({ policies: broken })).result).toBe(broken);
});

test.each([
  [403, true],
  [404, true],
  [401, false],
  [405, false],
  [500, false],
])("a %i says that row policies are hidden: %s", (status, hidden) => {
  expect(arePoliciesHidden(new DomoStatusError("", status, undefined))).toBe(hidden);
  expect(arePoliciesHidden(Object.assign(new Error(), { status }))).toBe(false);
});

test("what nobody knows of the user's groups is said as possible", () => {
  expect(unrestrictedText("N", datasetAudience({ policies: [other], userId: "7" })).fact).toContain("may see all");
  expect(unrestrictedText("N", datasetAudience({ policies: [], userId: "7" })).fact).toContain("user sees all");
});

test("right before the POST, only what was accepted before may be open", async () => {
  const again = (settings: unknown, args: Partial<ExportInputs>, accepted?: string[]) => {
    const plain = { ...inputs, acceptBucketAudience: undefined, ...args };
    return recheckBucket(world({ settings }).services, { inputs: plain, place, accepted });
  };
  const args = { acceptBucketAudience: "SEC-7" };
  await again(closed, {});
  await again(open, args, ids);
  await expect(again(open, args, [])).rejects.toThrow(PreflightError);
  await expect(again(open, args)).rejects.toThrow(openFact);
  await expect(again(open, {})).rejects.toThrow(openFact);
});

test("what the bucket lets in now is a value", async () => {
  const now = (settings: unknown, accepted?: string[]) =>
    bucketNow(world({ settings }).services, { inputs, place, accepted });
  expect(await now(closed)).toEqual({ kind: "closed" });
  expect(await now(open)).toMatchObject({ kind: "open", exposures: [{ fact: openFact }] });
  expect(await now(open, ids)).toEqual({ kind: "closed" });
  expect(await now({ ...closed, unreadable })).toEqual({
    kind: "unclear",
    message: `the audience of bucket "bucket" can't be checked: the caller lacks s3:GetBucketPolicy (policy)`,
  });
  expect(await now(awsError("AccessDenied"))).toEqual({ kind: "unclear", message: "S3 says no — grant it" });
  const fault = new TypeError("a mistake");
  await expect(now(fault)).rejects.toBe(fault);
});

test("a statement about keys that the export never writes opens nothing", async () => {
  const statement = {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::bucket/public/*",
  };
  const settings = { ...closed, policy: JSON.stringify({ Statement: [statement] }) };
  expect(await bucketNow(world({ settings }).services, { inputs, place })).toEqual({ kind: "closed" });
});

const digest = (policies: DomoPolicies, more: Partial<Parameters<typeof datasetAudience>[0]> = {}) => {
  const access = { policies, userId: "7", ...more };
  return policiesDigest(policies, access.userId, datasetAudience(access));
};
const grouped: DomoPolicies[number] = { ...west, filterGroupId: 4, name: "Group", userIds: [], groupIds: ["2", "1"] };

test("the digest stays the same while the same rules apply to the user", () => {
  const before = digest([west, grouped]);
  expect(digest([grouped, west])).toBe(before);
  expect(digest([west, { ...grouped, groupIds: ["1", "2"] }])).toBe(before);
  expect(digest([west, grouped, other])).toBe(before);
  expect(digest([west, { ...grouped, userIds: undefined }])).toBe(before);
  expect(digest([{ ...west, userIds: ["7", "9"], name: "Renamed" }, grouped])).toBe(before);
});

test.each<[string, DomoPolicies]>([
  ["another rule", [{ ...west, filterGroupId: 9 }]],
  ["a rule without an id", [{ ...west, filterGroupId: undefined }]],
  ["another kind", [{ ...west, type: "system" }]],
  ["another filter", [{ ...west, parameters: [{ column: "Region" }] }]],
  ["no filter", [{ ...west, parameters: [] }]],
  ["a group", [{ ...west, groupIds: ["1"] }]],
  ["another rule too", [west, { ...west, filterGroupId: 9 }]],
  ["a rule of groups", [west, grouped]],
  ["a rule of one group", [west, { ...grouped, groupIds: ["1"] }]],
  ["a rule for others alone", [other]],
  ["none", []],
])("%s changes the digest", (_, policies) => {
  expect(digest(policies)).not.toBe(digest([west]));
});

test("a user who sees everything has one digest, whatever the rules are", () => {
  const owner = { ownerId: "7" };
  expect(digest([west], owner)).toBe(digest([west, grouped], owner));
  expect(digest([west], owner)).not.toBe(digest([west]));
  expect(digest([west], owner)).not.toBe(digest([]));
  expect(digest([other], owner)).not.toBe(digest([other]));
});

test("the digest now is that of the check, and the user is asked only where rows are restricted", async () => {
  const restricted = world({ policies: [west, grouped], dataset: { owner: { id: "1" }, permissions: "READ" } });
  expect(await policiesNow(restricted.services, "dataset")).toBe(digest([west, grouped]));
  expect(restricted.asked).toContain("user");
  const owner = world({ policies: [west], dataset: { owner: { id: "7" } } });
  expect(await policiesNow(owner.services, "dataset")).toBe(digest([west], { ownerId: "7" }));
  const admin = world({ policies: [west], dataset: { permissions: "ADMIN" } });
  expect(await policiesNow(admin.services, "dataset")).toBe(digest([west], { permissions: "ADMIN" }));
  const nobody = world();
  expect(await policiesNow(nobody.services, "dataset")).toBe(digest([]));
  expect(nobody.asked).not.toContain("user");
});

test("the digest is not known where Domo hides the policies; other errors are thrown", async () => {
  const hidden = world({ policies: new DomoStatusError("", 404, undefined) });
  expect(await policiesNow(hidden.services, "dataset")).toBeUndefined();
  const broken = new DomoConnectionError("no answer", false);
  await expect(policiesNow(world({ policies: broken }).services, "dataset")).rejects.toBe(broken);
});

/** What a preview of new arguments finds, says, and asks. */
async function previewed(given: Partial<World>, args: Partial<Record<keyof ExportInputs, unknown>> = {}, goOn = false) {
  const { services, report, said, asked } = world(given);
  const news = { ...inputs, acceptBucketAudience: undefined, ...args };
  const failures = await previewAudience(services, report, { inputs: news, goOn });
  return { failures, said, asked };
}
const notChecked = (why: string) => [
  `the bucket's audience is not checked in this preview: ${why}; pulumi up will check it`,
];

test("arguments of the audience that differ are noticed, and no others", () => {
  expect(changesAudience(inputs, inputs)).toBe(false);
  expect(changesAudience(inputs, { ...inputs, timeoutSeconds: 9 })).toBe(false);
  for (const name of audienceArguments) expect(changesAudience(inputs, { ...inputs, [name]: "other" })).toBe(true);
});

test("a preview asks nothing while an argument is not known", async () => {
  expect(await previewed({}, { bucket: UNKNOWN })).toEqual({ failures: [], said: [], asked: [] });
});

test("a preview judges the bucket as the export would", async () => {
  expect(await previewed({})).toMatchObject({ failures: [], said: [] });
  const { failures } = await previewed({ settings: open });
  expect(failures).toMatchObject([{ property: "bucket", reason: expect.stringContaining(openFact) as string }]);
  expect((await previewed({}, { region: "us-east-1" })).failures).toEqual([
    {
      property: "region",
      reason:
        'bucket "bucket" is in "eu-west-3", not in "us-east-1"; ' +
        'Domo can\'t export across regions: set region: "eu-west-3" or leave it out',
    },
  ]);
});

test("a bucket that is not there yet is checked by create; what S3 refuses is said", async () => {
  for (const code of ["NotFound", "NoSuchBucket"])
    expect(await previewed({ region: awsError(code) })).toMatchObject({ failures: [], said: [] });
  expect(await previewed({ region: awsError("AccessDenied") })).toMatchObject({
    failures: [],
    said: notChecked("S3 says no — grant it"),
  });
});

test("a Domo that can't be reached is a failure, or a warning where the preview goes on", async () => {
  const policies = new DomoConnectionError("no answer", false);
  expect(await previewed({ policies })).toMatchObject({
    failures: [{ property: "bucket", reason: "no answer" }],
    said: [],
  });
  expect(await previewed({ policies }, {}, true)).toMatchObject({ failures: [], said: notChecked("no answer") });
  expect((await previewed({ settings: open }, {}, true)).failures).toHaveLength(1);
  const fault = new TypeError("a mistake");
  await expect(previewed({ policies: fault }, {}, true)).rejects.toBe(fault);
});
