import { failureText } from "../../provider/errors";
import type { ReportedExport } from "./report";
import { text } from "./report-value";
import { datasetOf, type Detail, filterOf, reasonOf } from "./wording";

/** Everything about an export but its SQL, in the order in which a reviewer asks. */
export function detailsOf(item: ReportedExport, { lines = true }: { lines?: boolean } = {}): Detail[] {
  const { source } = item;
  const details: Detail[] = item.faults.map(({ argument, reason }) =>
    sentence("Fault", failureText({ property: argument, reason })),
  );
  if (source) details.push(value("Declared in", lines ? `${source.file}:${source.line}` : source.file));
  const parents = (item.urn.split("::")[2] ?? "").split("$").slice(0, -1);
  if (parents.length > 0) details.push(value("Inside", parents.join(" / ")));
  return [...details, ...whatLeaves(item), ...whereTo(item), ...byWhom(item), ...otherwise(item)];
}

function whatLeaves(item: ReportedExport): Detail[] {
  const secrets = item.secretsInQuery;
  return [
    ...(item.domo ? [value("Domo address", text(item.domo))] : []),
    value("Dataset", datasetOf(item)),
    item.columns
      ? value(`Columns (${item.columns.length})`, item.columns.join(", "))
      : sentence("Columns", noQuery(item)),
    rowsOf(item),
    ...(item.counted ? [sentence("Would export now", item.counted.text)] : []),
    ...(secrets
      ? [sentence("Secrets", `the query holds some${secrets.length > 0 ? `: ${secrets.join(", ")}` : ""}`)]
      : []),
  ];
}

function rowsOf(item: ReportedExport): Detail {
  if (!item.rowFilter) return sentence("Rows", noQuery(item));
  if (item.rowFilter.length > 0) return value("Rows", filterOf(item));
  return sentence(
    "Rows",
    item.limit === undefined ? "all, there is no row filter" : `no row filter, at most ${item.limit}`,
  );
}

function noQuery({ faults }: ReportedExport): string {
  return faults.length > 0 ? "the query has a fault" : "not known before it is deployed, or secret";
}

function whereTo({ destination: { bucket, path, region, kmsKeyId, expectedBucketOwner } }: ReportedExport): Detail[] {
  return [
    value("Bucket", text(bucket)),
    value("Path", text(path)),
    region ? value("Region", text(region)) : sentence("Region", "the bucket's own"),
    kmsKeyId ? value("Encryption key", text(kmsKeyId)) : sentence("Encryption", "the bucket's own"),
    ...(expectedBucketOwner ? [value("Bucket owner", text(expectedBucketOwner))] : []),
  ];
}

const OWN_KEYS = {
  yes: "the deploying user's own AWS keys, which are passed to Domo: not limited to the path",
  "not known": "the role, or the deploying user's own AWS keys: known when deployed",
};

function byWhom({ access: { roleArn, ownKeys, externalId, sourceIdentity } }: ReportedExport): Detail[] {
  return [
    ...(roleArn ? [value("Written with role", text(roleArn))] : []),
    ...(ownKeys === "no" ? [] : [sentence("Written with", OWN_KEYS[ownKeys])]),
    ...(externalId ? [value("External id", text(externalId))] : []),
    ...(sourceIdentity ? [value("Source identity", text(sourceIdentity))] : []),
  ];
}

function otherwise({ overrides, options }: ReportedExport): Detail[] {
  return [
    ...overrides.map(({ argument, reason, effect }) =>
      sentence("Safeguard off", `${argument}: ${effect}. ${reasonOf(reason)}`),
    ),
    ...options.map((option) => value(`Option ${option.name}`, option.value)),
  ];
}

function value(label: string, text: string): Detail {
  return { label, text, code: true };
}

function sentence(label: string, text: string): Detail {
  return { label, text, code: false };
}
