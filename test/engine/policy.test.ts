import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { createPolicyWorkspace, OWN_PACK } from "../support/policy-run";
import { PLUGIN_PROJECT, startTestCloud, type TestCloud } from "../support/stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.1 } });
}, 900_000);
afterAll(() => cloud.stop());

const limit = { timeout: 180_000 };
const head = `
const aws = require("@pulumi/aws");
const { DomoS3Export, column, count, eq, exportRolePolicy, exportRoleTrust, raw, select } = require("pulumi-domo-s3-export");
const dataset = ${JSON.stringify(salesDataset)};
const assumeRolePolicy = exportRoleTrust({ callerArn: aws.getCallerIdentityOutput().arn });
const on = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const rules = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }];
`;

/** Exports to a bucket that the stack does not declare. */
function elsewhere(): string {
  return `${head}
const common = { dataset, bucket: "${cloud.bucket}", roleArn: "${cloud.roleArn}", query: select("Region") };
const make = (name, args) => new DomoS3Export(name, { ...common, path: "exports/dev/" + name, ...args });
make("good", {});
make("raw", { query: select("Region", raw({ exprType: "COLUMN", column: "Order ID" })) });
make("named", { query: select("Customer Name", "Region", count("Order ID")).where(eq("Sales", 1)).groupBy("Customer Name", "Region") });
make("keys", { roleArn: undefined, allowLongLivedCredentials: true });
make("keys-and-role", { allowLongLivedCredentials: true });
make("reason", { acceptBucketAudience: "because I say so" });
make("ticket", { acceptBucketAudience: "shared with audit, SEC-12" });
make("warn", { preflight: "warn" });
make("nowhere", { path: "exports/nowhere" });
`;
}

const nested = `
make("above", { path: "exports/dev/t" });
make("below", { path: "exports/dev/t/sub" });
make("same", { path: "exports/dev/t" });
`;

test("without configuration the rules say what each export lacks", limit, async () => {
  const workspace = await createPolicyWorkspace(cloud, elsewhere());
  const { code, violations } = await workspace.judge(["preview"]);
  expect(violations).toEqual([
    `[advisory] path-names-environment (nowhere): path "exports/nowhere" has none of "dev" as a component — write, say, "dev/exports/nowhere"`,
    `[mandatory] audience-override-ticket (reason): acceptBucketAudience "because I say so" names no ticket that matches "\\b[A-Z][A-Z0-9]+-\\d+\\b" — add the ticket in which this audience was decided`,
    `[mandatory] audience-override-ticket (warn): preflight is "warn", so that a bucket whose settings can't be read is accepted without a ticket — grant the caller the missing actions and remove it`,
    `[mandatory] explicit-columns (raw): query.columns[1] is the raw JSON {"exprType":"COLUMN","column":"Order ID"}, which need not be one named column — write column("…") or count("…") instead`,
    `[mandatory] role-required (keys): allowLongLivedCredentials is "true", so that Domo is handed AWS keys that reach beyond the export — give roleArn and remove it`,
    `[mandatory] role-required (keys-and-role): allowLongLivedCredentials is "true" next to role "${cloud.roleArn}", so that removing the role would hand Domo the caller's keys — remove it`,
  ]);
  expect(code).not.toBe(0);
});

test(
  "levels and parameters come from the configuration, and the pack runs from the repository too",
  limit,
  async () => {
    const workspace = await createPolicyWorkspace(cloud, elsewhere() + nested);
    const config = {
      "explicit-columns": "advisory",
      "role-required": "disabled",
      "audience-override-ticket": { pattern: "^because", allowPreflightWarn: true },
      "path-names-environment": { environments: ["nowhere"], enforcementLevel: "mandatory" },
      "forbidden-columns": {
        terms: ["customer name", "sales"],
        patterns: ["^order"],
        allow: ["Sales"],
        includeFilters: true,
      },
      "encryption-required": { otherBuckets: true, enforcementLevel: "disabled" },
      "one-destination": { allowNested: true },
    };
    const { violations } = await workspace.judge(["preview"], config, OWN_PACK);
    expect(violations).toEqual([
      `[advisory] explicit-columns (raw): query.columns[1] is the raw JSON {"exprType":"COLUMN","column":"Order ID"}, which need not be one named column — write column("…") or count("…") instead`,
      `[mandatory] audience-override-ticket (ticket): acceptBucketAudience "shared with audit, SEC-12" names no ticket that matches "^because" — add the ticket in which this audience was decided`,
      `[mandatory] forbidden-columns (named): column "Customer Name" is forbidden by "customer name" — leave it out of the query, or add it to forbidden-columns.allow`,
      `[mandatory] forbidden-columns (named): used column "Order ID" is forbidden by "^order" — leave it out of the query, or add it to forbidden-columns.allow`,
      `[mandatory] forbidden-columns (raw): column "Order ID" is forbidden by "^order" — leave it out of the query, or add it to forbidden-columns.allow`,
      `[mandatory] one-destination (same): path "exports/dev/t" is also the path of export "above" in bucket "${cloud.bucket}" — give each export a separate path, as anyone who lists one would get the files of both`,
    ]);
  },
);

test("row-limit is off until it has a level, counted is not", limit, async () => {
  const program = `${head}
const common = { dataset, bucket: "${cloud.bucket}", roleArn: "${cloud.roleArn}", query: select("Region") };
const make = (name, args) => new DomoS3Export(name, { ...common, path: "exports/dev/" + name, ...args });
make("limited", { expectRows: { max: 20000 } });
make("uncounted", { countRows: "off" });
`;
  const workspace = await createPolicyWorkspace(cloud, program);
  const uncounted =
    '[advisory] counted (uncounted): countRows is "off", so that rows which are missing or too many are not noticed — remove it';
  expect((await workspace.judge(["preview"])).violations).toEqual([uncounted]);
  const { code, violations } = await workspace.judge(["preview"], { "row-limit": "mandatory" });
  expect(violations).toEqual([
    uncounted,
    "[mandatory] row-limit (uncounted): expectRows has no max, so that nothing limits how many rows leave — give expectRows: { max: … }",
  ]);
  expect(code).not.toBe(0);
});

/** Buckets and roles of the stack itself: one as it should be, one wide open, both referred to by what a preview does not know. */
const ownBuckets = `${head}
const closed = new aws.s3.Bucket("closed", { bucket: "closed-NAME", forceDestroy: true });
const block = new aws.s3.BucketPublicAccessBlock("closed", { bucket: closed.id, ...on });
const encryption = new aws.s3.BucketServerSideEncryptionConfiguration("closed", { bucket: closed.id, rules });
const narrow = new aws.iam.Role("narrow", { name: "narrow-NAME", assumeRolePolicy });
const narrowPolicy = new aws.iam.RolePolicy("narrow", { role: narrow.id, policy: exportRolePolicy({ bucket: "closed-NAME", path: "dev/good" }) });
new DomoS3Export("good", { dataset, query: select("Region"), bucket: closed.id, path: "dev/good", roleArn: narrow.arn }, { dependsOn: [block, encryption, narrowPolicy] });
const bare = new aws.s3.Bucket("bare", { bucket: "bare-NAME", forceDestroy: true });
const wide = new aws.iam.Role("wide", { name: "wide-NAME", assumeRolePolicy });
const widePolicy = new aws.iam.RolePolicy("wide", { role: wide.id, policy: { Version: "2012-10-17", Statement: [
  { Effect: "Allow", Action: ["s3:PutObject", "s3:GetObject"], Resource: "arn:aws:s3:::bare-NAME/dev/bad/*" },
  { Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::bare-NAME/dev/*" },
] } });
new DomoS3Export("bad", { dataset, query: select("Order ID"), bucket: bare.id, path: "dev/bad", roleArn: wide.arn }, { dependsOn: widePolicy });
`;

const advisory = Object.fromEntries(["open-bucket", "encryption-required"].map((rule) => [rule, "advisory"]));
const bad = (name: string) => [
  `[advisory] encryption-required (bad): bucket "bare-${name}" declares no default encryption — add an aws.s3.BucketServerSideEncryptionConfiguration to it, or set kmsKeyId`,
  `[advisory] open-bucket (bad): bucket "bare-${name}" declares no public access block — add an aws.s3.BucketPublicAccessBlock with all four switches on`,
  `[advisory] wide-role (bad): role "wide-${name}" may do "s3:GetObject" by statement number 1 of policy "wide" — write it with exportRolePolicy({ bucket, path })`,
  `[advisory] wide-role (bad): role "wide-${name}" reaches "arn:aws:s3:::bare-${name}/dev/*" by statement number 2 of policy "wide", not only the path of its exports — write it with exportRolePolicy({ bucket, path })`,
];

test("a preview that knows no bucket and no role yet judges what it can", limit, async () => {
  const name = cloud.bucket.slice(-8);
  const workspace = await createPolicyWorkspace(cloud, ownBuckets.replaceAll("NAME", name));
  const preview = await workspace.judge(["preview"], advisory);
  expect(preview.text).not.toContain("can't be known during preview");
  expect(preview.violations).toEqual(bad(name));
});

test("up is judged by the rules over one export and over the stack", limit, async () => {
  const program = `${head}
new DomoS3Export("sales", { dataset, query: select("Region"), bucket: "${cloud.bucket}", path: "exports/up", roleArn: "${cloud.roleArn}" });
`;
  const workspace = await createPolicyWorkspace(cloud, program);
  const config = { "encryption-required": { otherBuckets: true, enforcementLevel: "advisory" } };
  const { code, violations } = await workspace.judge(["up", "--yes", "--skip-preview"], config);
  expect(code).toBe(0);
  expect(violations).toEqual([
    `[advisory] encryption-required (sales): bucket "${cloud.bucket}" is not declared in this stack and the export names no key — set kmsKeyId`,
    `[advisory] path-names-environment (sales): path "exports/up" has none of "dev" as a component — write, say, "dev/exports/up"`,
  ]);
});

/** An export of one's own bucket by a role that may do anything; the bucket's name does not begin with `exports-`. */
const wideOpen = `${head}
const bucket = new aws.s3.Bucket("own", { bucket: "own-NAME", forceDestroy: true });
const role = new aws.iam.Role("any", { name: "any-NAME", assumeRolePolicy });
const policy = new aws.iam.RolePolicy("any", { role: role.id, policy: { Version: "2012-10-17", Statement: [
  { Effect: "Allow", Action: "s3:*", Resource: "*" } ] } });
new DomoS3Export("sales", { dataset, query: select("Region"), bucket: bucket.bucket, path: "dev/sales", roleArn: role.arn }, { dependsOn: policy });
`;

test("up stops at its preview; without one a rule over the stack speaks when the data is there", limit, async () => {
  await cloud.emulator.control.advanceData({ dataset: salesDataset });
  const name = cloud.bucket.slice(-8);
  const workspace = await createPolicyWorkspace(cloud, wideOpen.replaceAll("NAME", name));
  const tooWide = `[mandatory] wide-role (sales): role "any-${name}" may do "s3:*" by statement number 1 of policy "any" — write it with exportRolePolicy({ bucket, path })`;
  const off = { "open-bucket": "disabled", "encryption-required": "disabled" };

  const before = (await cloud.emulator.control.exports({})).length;
  const up = await workspace.judge(["up", "--yes"], { ...off, "wide-role": "mandatory" });
  expect(up.code).not.toBe(0);
  expect(up.violations).toEqual([tooWide]);
  expect((await workspace.stackExport()).deployment.resources ?? []).toEqual([]);

  const blind = ["up", "--yes", "--skip-preview"];
  const elsewhere = await workspace.judge(blind, { ...off, "allowed-buckets": { buckets: ["exports-*"] } });
  expect(elsewhere.code).not.toBe(0);
  expect(elsewhere.violations).toEqual([
    `[mandatory] allowed-buckets (sales): bucket "own-${name}" matches none of "exports-*" — export to one of these, or add it to allowed-buckets.buckets`,
  ]);
  expect(await cloud.s3.keys(`own-${name}`)).toEqual([]);
  expect(await cloud.emulator.control.exports({})).toHaveLength(before);

  const late = await workspace.judge(blind, { ...off, "wide-role": "mandatory" });
  expect(late.code).not.toBe(0);
  expect(late.violations).toEqual([tooWide]);
  expect(await cloud.s3.keys(`own-${name}`)).not.toEqual([]);
});

test("a public bucket policy is found by the provider's own rules", limit, async () => {
  const program = `${head}
const bucket = new aws.s3.Bucket("shown", { bucket: "shown-exports" });
new aws.s3.BucketPublicAccessBlock("shown", { bucket: bucket.bucket, ...on, restrictPublicBuckets: false });
new aws.s3.BucketServerSideEncryptionConfiguration("shown", { bucket: bucket.bucket, rules });
new aws.s3.BucketPolicy("shown", { bucket: bucket.bucket, policy: { Version: "2012-10-17", Statement: [
  { Sid: "Open", Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::shown-exports/*" } ] } });
new DomoS3Export("sales", { dataset, query: select("Region"), bucket: bucket.bucket, path: "dev/a", roleArn: "${"arn:aws:iam::123456789012:role/x"}" });
`;
  const workspace = await createPolicyWorkspace(cloud, program);
  const { violations } = await workspace.judge(["preview"], { "allowed-buckets": { buckets: ["exports-*"] } });
  expect(violations).toEqual([
    `[mandatory] allowed-buckets (sales): bucket "shown-exports" matches none of "exports-*" — export to one of these, or add it to allowed-buckets.buckets`,
    `[mandatory] open-bucket (sales): bucket "shown-exports" has a public access block without "restrictPublicBuckets" — switch all four on`,
    `[mandatory] open-bucket (sales): bucket "shown-exports" is open to everyone: statement "Open" of its policy allows s3:GetObject to "*" — remove the statement, confine it with StringEquals on aws:PrincipalAccount to accounts of yours, or give the reason for this audience as acceptBucketAudience: "…"`,
  ]);
});

test("configuration that does not fit ends the run with the rule and the parameter", limit, async () => {
  const workspace = await createPolicyWorkspace(cloud, elsewhere());
  const wrong = await workspace.judge(["preview"], {
    "allowed-buckets": { buckets: "x" },
    "forbidden-columns": { patterns: ["("] },
    "wide-role": { allowPaths: ["/shared/"] },
  });
  expect(wrong.code).not.toBe(0);
  expect(wrong.text).toContain("allowed-buckets: buckets: Invalid type. Expected: array, given: string");
  expect(wrong.text).toContain("forbidden-columns: patterns.0: Does not match format 'regex'");
  expect(wrong.text).toContain("wide-role: allowPaths.0: Does not match pattern '^[^/]+(/[^/]+)*$'");
  const misspelt = await workspace.judge(["preview"], { "allowed-buckets": { bucket: ["x"] } });
  expect(misspelt.code).not.toBe(0);
  expect(misspelt.text).toContain('allowed-buckets has no parameter "bucket" — did you mean "buckets"?');
});

test("the plugin's exports are judged by the same rules, in the same words", limit, async () => {
  const plugin = elsewhere().replace(
    "new DomoS3Export(name",
    'new (require("pulumi-domo-s3-export/plugin").DomoS3Export)(name',
  );
  const [ours, others] = await Promise.all([
    createPolicyWorkspace(cloud, plugin, "dev", { "Pulumi.yaml": PLUGIN_PROJECT }),
    createPolicyWorkspace(cloud, elsewhere()),
  ]);
  const found = await ours.judge(["preview"]);
  expect(found.text).toContain("domo:index:S3Export");
  expect(found.violations).toHaveLength(6);
  expect(found.violations).toEqual((await others.judge(["preview"])).violations);
});
