import { expect, test } from "vitest";
import { definitionOf, type DefinitionContext } from "../../provider/args/identity";
import type { ExportInputs } from "../../provider/args/schema";
import { inputs } from "../support/export-state";

const context: DefinitionContext = { userId: "7", policies: "digest", bucketRegion: "eu-west-3" };
const digestOf = (more: Partial<ExportInputs> = {}, around: Partial<DefinitionContext> = {}) =>
  definitionOf({ ...inputs, ...more }, { ...context, ...around }).digest;

test.each<[string, Partial<ExportInputs>, Partial<DefinitionContext>]>([
  ["the instance", { instance: "https://acme-emea.domo.com" }, {}],
  ["the dataset", { dataset: "other" }, {}],
  ["the query", { query: { ...inputs.query, limit: 5 } }, {}],
  ["the BOM", { includeBom: true }, {}],
  ["the cache", { useCache: true }, {}],
  ["the bucket", { bucket: "other" }, {}],
  ["the path", { path: "exports/other" }, {}],
  ["the key", { kmsKeyId: "other" }, {}],
  ["no key", { kmsKeyId: undefined }, {}],
  ["the token's user", {}, { userId: "8" }],
  ["the row policies", {}, { policies: "other" }],
  ["row policies that Domo does not show", {}, { policies: undefined }],
  ["the bucket's region", {}, { bucketRegion: "us-east-1" }],
])("another definition, because of %s", (_, more, around) => {
  expect(digestOf(more, around)).not.toBe(digestOf());
});

test.each<[keyof ExportInputs, Partial<ExportInputs>]>([
  ["sql", { sql: "SELECT 1" }],
  ["region", { region: "us-east-1" }],
  ["roleArn", { roleArn: "arn:aws:iam::123456789012:role/other" }],
  ["externalId", { externalId: "other" }],
  ["sourceIdentity", { sourceIdentity: "other" }],
  ["allowLongLivedCredentials", { allowLongLivedCredentials: true }],
  ["timeoutSeconds", { timeoutSeconds: 60 }],
  ["triggers", { triggers: { day: 2 } }],
  ["deleteObjects", { deleteObjects: true }],
  ["verify", { verify: "rows" }],
  ["expectRows", { expectRows: { min: 2 } }],
  ["countRows", { countRows: "off" }],
  ["onNewData", { onNewData: "export" }],
  ["adopt", { adopt: "other" }],
  ["preflight", { preflight: "warn" }],
  ["expectedBucketOwner", { expectedBucketOwner: "123456789012" }],
  ["acceptBucketAudience", { acceptBucketAudience: "another reason" }],
  ["acknowledgeUnrestricted", { acknowledgeUnrestricted: true }],
  ["manifest", { manifest: "elsewhere/manifest.json" }],
])("%s does not decide what the file holds", (_, more) => {
  expect(digestOf(more)).toBe(digestOf());
});

// A9
test("a digest has 128 bits, and is the last component of where Domo writes", () => {
  const { digest, keyPrefix } = definitionOf(inputs, context);
  expect(digest).toMatch(/^[0-9a-f]{32}$/);
  expect(keyPrefix).toBe(`exports/${digest}`);
});
