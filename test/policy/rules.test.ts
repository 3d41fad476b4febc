import { expect, test } from "vitest";
import { UNKNOWN } from "../../provider/unknown";
import { matchesGlob } from "../../policy/glob";
import { PERSONAL_DATA_TERMS } from "../../policy/personal-data";
import { plainProps } from "../../policy/plain";
import type { ResourceView } from "../../policy/rule";
import { viewOf } from "../../policy/stack-view";
import { namesTerm } from "../../policy/words";
import { allowedBuckets } from "../../policy/rules/allowed-buckets";
import { audienceOverrideTicket } from "../../policy/rules/audience-override-ticket";
import { encryptionRequired } from "../../policy/rules/encryption-required";
import { explicitColumns } from "../../policy/rules/explicit-columns";
import { forbiddenColumns } from "../../policy/rules/forbidden-columns";
import { oneDestination } from "../../policy/rules/one-destination";
import { openBucket } from "../../policy/rules/open-bucket";
import { pathNamesEnvironment } from "../../policy/rules/path-names-environment";
import { roleRequired } from "../../policy/rules/role-required";
import { wideRole } from "../../policy/rules/wide-role";

const forbidden = (name: string) => PERSONAL_DATA_TERMS.some((term) => namesTerm(name, term));

test.each([
  ...["SSN", "customerSSN", "CUSTOMER_SSN", "Customer E-Mail", "emails", "EmailAddress", "BirthDate", "birthdate"],
  ...[
    "Date of Birth",
    "Geburtsdatum",
    "Straße",
    "Téléphone",
    "PHONE2",
    "IBAN No",
    "Social-Security-Number",
    "First Name",
  ],
])("the default terms find %j", (name) => expect(forbidden(name)).toBe(true));

test.each([
  ...["Classname", "Class Name", "Order ID", "Customer Name", "Region", "Sales", "Micropheromone", "Emailed", "Sting"],
  ...["Streetcar", "Product Name", "Continent", "Ship Mode"],
])("the default terms pass %j", (name) => expect(forbidden(name)).toBe(false));

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
});

test("a stack that is itself an environment must use its own name", () => {
  const view = { ...unknownExport, inputs: { path: "domo/prod" } };
  expect(pathNamesEnvironment.check(view, { environments: ["prod"] })).toEqual([]);
  expect(pathNamesEnvironment.check(view, { environments: ["dev", "prod"] })).toHaveLength(1);
  expect(pathNamesEnvironment.check({ ...view, inputs: { path: "domo/dev-2" } }, { environments: [] })).toHaveLength(1);
});

const resource = (
  type: string,
  name: string,
  props: Record<string, unknown>,
  dependencies: Record<string, string[]> = {},
): ResourceView => ({ type, name, urn: name, props, dependencies });
const sales = (props: Record<string, unknown>, dependencies?: Record<string, string[]>) =>
  resource("pulumi-nodejs:dynamic/domo:S3Export", "sales", props, dependencies);
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
      message: `bucket "b" is not declared in this stack and the export has no key of its own; set kmsKeyId`,
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
      message: `bucket "b" is encrypted by "AES256", not by "aws:kms"; change its default encryption, or set kmsKeyId`,
    },
  ]);
});

test("a public ACL opens a bucket until public ACLs are ignored, and an accepted audience is let be", () => {
  const bucket = resource("aws:s3/bucket:Bucket", "b", { bucket: "b" });
  const acl = resource("aws:s3/bucketAcl:BucketAcl", "acl", { bucket: "b", acl: "public-read" });
  const on = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
  const block = (props: object) =>
    resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "x", { bucket: "b", ...on, ...props });
  const judge = (props: object, more = {}) =>
    openBucket.checkStack(viewOf([bucket, acl, block(props), sales({ bucket: "b", path: "p", ...more })]), openConfig);
  expect(judge({})).toEqual([]);
  expect(judge({ ignorePublicAcls: UNKNOWN })).toEqual([]);
  expect(judge({ ignorePublicAcls: false }).map(({ message }) => message)).toEqual([
    'bucket "b" has a public access block without "ignorePublicAcls"; switch all four on',
    'bucket "b" is open to everyone: its ACL grants READ to "http://acs.amazonaws.com/groups/global/AllUsers"; switch ACLs off (object ownership BucketOwnerEnforced), remove the grant, or give the reason for this audience as acceptBucketAudience: "…"',
  ]);
  expect(judge({ ignorePublicAcls: false }, { acceptBucketAudience: "SEC-1" })).toEqual([]);
});

test("paths collide by component, in one bucket only", () => {
  const pair = (a: object, b: object) =>
    oneDestination
      .checkStack(viewOf([sales({ bucket: "b", ...a }), { ...sales({ bucket: "b", ...b }), urn: "second" }]), {
        allowNested: false,
      })
      .map(({ message }) => message.split(";")[0]);
  expect(pair({ path: "a" }, { path: "a" })).toEqual(['path "a" is also the path of export "sales" in bucket "b"']);
  expect(pair({ path: "a" }, { path: "a/b" })).toEqual(['path "a/b" lies below "a" of export "sales" in bucket "b"']);
  expect(pair({ path: "a/b" }, { path: "a" })).toEqual([
    'path "a" holds the path "a/b" of export "sales" in bucket "b"',
  ]);
  expect(pair({ path: "a" }, { path: "ab" })).toEqual([]);
  expect(pair({ path: "a" }, { path: "a", bucket: "c" })).toEqual([]);
  expect(pair({ path: "a" }, { path: UNKNOWN })).toEqual([]);
});

test("a managed policy and an action beyond the upload are too wide, and a policy not known yet is not judged", () => {
  const roleArn = "arn:aws:iam::123456789012:role/r";
  const judge = (policy: unknown, managedPolicyArns: string[] = []) =>
    wideRole
      .checkStack(
        viewOf([
          resource("aws:iam/role:Role", "r", { name: "r", arn: roleArn, managedPolicyArns }),
          resource("aws:iam/rolePolicy:RolePolicy", "p", { role: "r", policy }),
          sales({ bucket: "exports", path: "a", roleArn }),
        ]),
        { allowActions: ["s3:GetObject"], allowPaths: ["shared"] },
      )
      .map(({ message }) => message);
  const statement = (Action: string, Resource: string) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });
  expect(judge(UNKNOWN)).toEqual([]);
  expect(judge(statement("s3:putobject", "arn:aws:s3:::exports/a/*"))).toEqual([]);
  expect(judge(statement("s3:PutObject", "arn:aws:s3:::exports/shared/x/*"))).toEqual([]);
  expect(judge(statement("s3:GetObject", "*"))).toEqual([]);
  const way = "write it with exportRolePolicy({ bucket, path })";
  expect(judge(statement("s3:PutObject", "arn:aws:s3:::exports/ab/*"))).toEqual([
    `role "r" reaches "arn:aws:s3:::exports/ab/*" by statement number 1 of policy "p", not only the path of its exports; ${way}`,
  ]);
  expect(judge(UNKNOWN, ["arn:aws:iam::aws:policy/AmazonS3FullAccess"])).toEqual([
    `role "r" has policy "arn:aws:iam::aws:policy/AmazonS3FullAccess", which this stack does not show and no managed policy is as narrow as an export; ${way}`,
  ]);
});
