import { expect, test } from "vitest";
import { UNKNOWN } from "../../provider/host/unknown";
import { matchesGlob } from "../../policy/glob";
import { plainProps } from "../../policy/plain";
import { viewOf } from "../../policy/stack-view";
import { allowedBuckets } from "../../policy/rules/allowed-buckets";
import { audienceOverrideTicket } from "../../policy/rules/audience-override-ticket";
import { counted } from "../../policy/rules/counted";
import { encryptionRequired } from "../../policy/rules/encryption-required";
import { explicitColumns } from "../../policy/rules/explicit-columns";
import { forbiddenColumns } from "../../policy/rules/forbidden-columns";
import { oneDestination } from "../../policy/rules/one-destination";
import { openBucket } from "../../policy/rules/open-bucket";
import { pathNamesEnvironment } from "../../policy/rules/path-names-environment";
import { roleRequired } from "../../policy/rules/role-required";
import { rowLimit } from "../../policy/rules/row-limit";
import { wideRole } from "../../policy/rules/wide-role";
import { resource, sales } from "../support/policy-view";

test("a pattern of a bucket is matched as a whole, and its other characters mean themselves", () => {
  expect(matchesGlob("exports-prod", "exports-*")).toBe(true);
  expect(matchesGlob("my-exports-prod", "exports-*")).toBe(false);
  expect(matchesGlob("aXb", "a.b")).toBe(false);
});

test("an unknown value behind a proxy that throws is read as unknown", () => {
  const refuse = new Proxy(
    { known: 1, unknown: "3eeb2bf0-c639-47a8-9e75-3b44932eb421" },
    {
      get: () => {
        throw new Error("unknown");
      },
    },
  );
  expect(plainProps(refuse)).toEqual({ known: 1, unknown: UNKNOWN });
});

const allUnknown = new Proxy({}, { get: () => UNKNOWN }) as Record<string, unknown>;
const unknownExport = { name: "x", urn: "u", stack: "dev", inputs: allUnknown };

test("rules over one export say nothing of what is unknown", () => {
  expect(explicitColumns.check(unknownExport, {})).toEqual([]);
  const terms = { terms: ["x"], patterns: ["."], allow: [], includeFilters: true };
  expect(forbiddenColumns.check(unknownExport, terms)).toEqual([]);
  expect(allowedBuckets.check(unknownExport, { buckets: ["x"] })).toEqual([]);
  expect(roleRequired.check(unknownExport, {})).toEqual([]);
  expect(audienceOverrideTicket.check(unknownExport, { pattern: "x", allowPreflightWarn: false })).toEqual([]);
  expect(pathNamesEnvironment.check(unknownExport, { environments: [] })).toEqual([]);
  expect(counted.check(unknownExport, {})).toEqual([]);
  expect(rowLimit.check(unknownExport, {})).toEqual([]);
});

test("an export that is not counted is refused, and one without a most number of rows where that is asked", () => {
  const found = (inputs: object) =>
    [counted, rowLimit].map((rule) => rule.check({ ...unknownExport, inputs: { ...inputs } }, {})[0]);
  const noMax = "expectRows has no max, so that nothing limits how many rows leave — give expectRows: { max: … }";
  const off = 'countRows is "off", so that rows which are missing or too many are not noticed — remove it';
  expect(found({ countRows: "off" })).toEqual([off, noMax]);
  expect(found({ countRows: "auto", expectRows: { min: 1 } })).toEqual([undefined, noMax]);
  expect(found({ expectRows: { max: 10 } })).toEqual([undefined, undefined]);
  expect(found({ expectRows: { max: UNKNOWN } })).toEqual([undefined, undefined]);
});

test("a stack that is itself an environment must use its own name", () => {
  const view = { ...unknownExport, inputs: { path: "domo/prod" } };
  expect(pathNamesEnvironment.check(view, { environments: ["prod"] })).toEqual([]);
  expect(pathNamesEnvironment.check(view, { environments: ["dev", "prod"] })).toHaveLength(1);
  expect(pathNamesEnvironment.check({ ...view, inputs: { path: "domo/dev-2" } }, { environments: [] })).toHaveLength(1);
});

const encryptionConfig = { algorithms: ["aws:kms"], otherBuckets: false };
const openConfig = { requirePublicAccessBlock: true, ownAccounts: [] };

test("a bucket from elsewhere is not accused", () => {
  const view = viewOf([
    resource("aws:s3/bucket:Bucket", "other", { bucket: "other" }),
    sales({ bucket: "b", path: "p", roleArn: "arn:aws:iam::123456789012:role/r" }),
  ]);
  expect(encryptionRequired.checkStack(view, encryptionConfig)).toEqual([]);
  expect(openBucket.checkStack(view, openConfig)).toEqual([]);
  expect(wideRole.checkStack(view, { allowActions: [], allowPaths: [] })).toEqual([]);
  expect(encryptionRequired.checkStack(view, { ...encryptionConfig, otherBuckets: true })).toEqual([
    {
      urn: "sales",
      message: `bucket "b" is not declared in this stack and the export names no key — set kmsKeyId`,
    },
  ]);
});

test.each(["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"])("%s is a bucket", (type) => {
  const parts = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2";
  const rules = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }];
  const bucket = resource(type, "b", { bucket: UNKNOWN });
  const exported = sales({ bucket: UNKNOWN, path: "p" }, { bucket: ["b"] });
  const encryption = resource(parts, "e", { bucket: UNKNOWN, rules }, { bucket: ["b"] });
  expect(encryptionRequired.checkStack(viewOf([bucket, exported, encryption]), encryptionConfig)).toEqual([
    {
      urn: "sales",
      message: `bucket "b" is encrypted by "AES256", not by "aws:kms" — change its default encryption, or set kmsKeyId`,
    },
  ]);
});

test("a bucket may declare its encryption inside, the older way", () => {
  const judge = (type: string, props: object) =>
    encryptionRequired
      .checkStack(viewOf([resource(type, "b", { bucket: "b", ...props }), sales({ bucket: "b" })]), encryptionConfig)
      .map(({ message }) => message.split(" — ")[0]);
  const by = (sseAlgorithm: string) => ({ rule: { applyServerSideEncryptionByDefault: { sseAlgorithm } } });
  const inV2 = (sseAlgorithm: string) => [{ rules: [{ applyServerSideEncryptionByDefaults: [{ sseAlgorithm }] }] }];
  const bucket = "aws:s3/bucket:Bucket";
  const bucketV2 = "aws:s3/bucketV2:BucketV2";
  expect(judge(bucket, { serverSideEncryptionConfiguration: by("aws:kms") })).toEqual([]);
  expect(judge(bucketV2, { serverSideEncryptionConfigurations: inV2("aws:kms") })).toEqual([]);
  const other = ['bucket "b" is encrypted by "AES256", not by "aws:kms"'];
  expect(judge(bucket, { serverSideEncryptionConfiguration: by("AES256") })).toEqual(other);
  expect(judge(bucketV2, { serverSideEncryptionConfigurations: inV2("AES256") })).toEqual(other);
  // What AWS will fill in is unknown too, and no declaration.
  const none = ['bucket "b" declares no default encryption'];
  expect(judge(bucket, { serverSideEncryptionConfiguration: UNKNOWN })).toEqual(none);
  expect(judge(bucketV2, {})).toEqual(none);
});

test("which of two exports is accused does not depend on the engine's order", () => {
  const pair = ["b", "a"].map((urn) => ({ ...sales({ bucket: "b", path: "p" }), urn }));
  const accused = (exports: typeof pair) =>
    oneDestination.checkStack(viewOf(exports), { allowNested: false }).map(({ urn }) => urn);
  expect(accused(pair)).toEqual(["b"]);
  expect(accused([...pair].reverse())).toEqual(["b"]);
});

test("paths collide by component, in one bucket only", () => {
  const pair = (a: object, b: object) =>
    oneDestination
      .checkStack(viewOf([sales({ bucket: "b", ...a }), { ...sales({ bucket: "b", ...b }), urn: "second" }]), {
        allowNested: false,
      })
      .map(({ message }) => message.split(" — ")[0]);
  expect(pair({ path: "a" }, { path: "a" })).toEqual(['path "a" is also the path of export "sales" in bucket "b"']);
  expect(pair({ path: "a" }, { path: "a/b" })).toEqual(['path "a/b" lies below "a" of export "sales" in bucket "b"']);
  expect(pair({ path: "a/b" }, { path: "a" })).toEqual([
    'path "a" holds the path "a/b" of export "sales" in bucket "b"',
  ]);
  expect(pair({ path: "a" }, { path: "ab" })).toEqual([]);
  expect(pair({ path: "a" }, { path: "a", bucket: "c" })).toEqual([]);
  expect(pair({ path: "a" }, { path: UNKNOWN })).toEqual([]);
});
