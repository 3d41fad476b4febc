import { select } from "../../provider/query/build/builder";
import type { ExportInputs } from "../../provider/args/schema";
import type { ExportState } from "../../provider/state/export-state";

/** Checked inputs in which every argument is given. */
export const inputs: ExportInputs = {
  dataset: "dataset",
  query: JSON.parse(JSON.stringify(select("Region"))) as ExportInputs["query"],
  sql: 'SELECT "Region" FROM dataset',
  instance: "https://acme.domo.com",
  bucket: "bucket",
  path: "exports",
  region: "eu-west-3",
  roleArn: "arn:aws:iam::123456789012:role/export",
  externalId: "external",
  sourceIdentity: "source",
  allowLongLivedCredentials: false,
  timeoutSeconds: 3600,
  includeBom: false,
  useCache: false,
  kmsKeyId: "key",
  triggers: { day: 1 },
  deleteObjects: false,
  verify: "objects",
  expectRows: { min: 1 },
  countRows: "auto",
  onNewData: "report",
  adopt: "export",
  preflight: "strict",
  expectedBucketOwner: "210987654321",
  acceptBucketAudience: "agreed with the owner of the data",
  acknowledgeUnrestricted: false,
  manifest: "_manifest.json",
};

/** State of an export of these inputs that went well. */
export const state: ExportState = {
  ...inputs,
  bucketRegion: "eu-west-3",
  exportId: "export",
  exportStatus: "success",
  origin: "created",
  definition: "0123456789abcdef0123456789abcdef",
  keyPrefix: "exports/0123456789abcdef0123456789abcdef",
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:01:00.000Z",
  rowCount: 3,
  counts: { query: 3, domo: 3, comparable: true },
  pdp: { enabled: true, policies: ["West only"], digest: "digest" },
  files: [
    { url: "s3://bucket/a", key: "a", rows: 1, bytes: 10, etag: "ea" },
    { url: "s3://bucket/b", key: "b", rows: 2, bytes: 20, etag: "eb" },
  ],
  drift: [],
};
