import { isDeepStrictEqual } from "node:util";
import { canonicalArgs } from "../../provider/args/normalize";
import type { QueryNode, SelectNode } from "../../provider/query/ast";
import { jsonText } from "../../provider/query/literal";
import { render, renderNode } from "../../provider/query/render";
import { parseInputs } from "../../provider/args/schema";
import { hasUnknown, UNKNOWN } from "../../provider/host/unknown";
import type { DeclaredResource } from "./offline-engine";
import type { Mark, ReportedExport, ReportValue } from "./report";
import { text } from "./report-value";
import { sourceOf } from "./source-place";
import { plainArgument } from "./wire-values";

/** An export as the report shows it, with the query that comparisons need. */
export interface ReviewedExport extends ReportedExport {
  readonly query?: SelectNode;
}

/** Type of the resource in Pulumi's words. */
const EXPORT_TYPE = "pulumi-nodejs:dynamic/domo:S3Export";
/** Stands in SQL for what is not known before deployment, or is secret. */
const NOT_SHOWN = "⟨not known yet⟩";
/** What the resource and the dynamic shell put beside the program's arguments. */
const NOT_ARGUMENTS = ["__provider", "dryRun", "resourceUrn"];
const OPTIONS = [
  "includeBom",
  "useCache",
  "verify",
  "onNewData",
  "deleteObjects",
  "timeoutSeconds",
  "triggers",
  "adopt",
  "expectedBucketOwner",
];

/** Describes every export among what a program declared, by name. */
export async function describeExports(resources: readonly DeclaredResource[], root: string): Promise<ReviewedExport[]> {
  const exports = resources.filter(({ type }) => type === EXPORT_TYPE);
  const described = await Promise.all(exports.map((resource) => describeExport(resource, root)));
  return described.sort((a, b) => compareText(a.name, b.name) || compareText(a.urn, b.urn));
}

async function describeExport(resource: DeclaredResource, root: string): Promise<ReviewedExport> {
  const plain = Object.fromEntries(
    Object.entries(resource.inputs)
      .filter(([name]) => !NOT_ARGUMENTS.includes(name))
      .map(([name, value]) => [name, plainArgument(value)]),
  );
  const secret = (name: string) => plain[name]?.secret === true;
  const args = Object.fromEntries(
    Object.entries(plain).map(([name, { value }]) => [name, secret(name) && name !== "query" ? UNKNOWN : value]),
  );
  const { inputs, query, failures } = await canonicalArgs(args);
  const show = (name: string): ReportValue | undefined => {
    if (inputs[name] === undefined) return undefined;
    if (secret(name)) return { unknown: "secret", from: [] };
    if (hasUnknown(inputs[name])) return { unknown: "known when deployed", from: originsOf(resource, name) };
    return { value: typeof inputs[name] === "string" ? inputs[name] : jsonText(inputs[name]) };
  };
  const missing: ReportValue = { unknown: "not given", from: [] };
  const whole = query && !isUnknownQuery(query) ? query : undefined;
  const described = {
    name: resource.name,
    urn: resource.urn,
    source: sourceOf(resource, root),
    faults: failures.map(({ property, reason }) => ({ argument: property, reason })),
    dataset: show("dataset") ?? missing,
    ...(whole && {
      columns: whole.columns.map(sqlOf),
      rowFilter: predicatesOf(whole).map(sqlOf),
      sql: withoutPlaceholders(render(whole)),
    }),
    ...(whole?.limit !== undefined && { limit: withoutPlaceholders(String(whole.limit)) }),
    destination: {
      bucket: show("bucket") ?? missing,
      path: show("path") ?? missing,
      region: show("region"),
      kmsKeyId: show("kmsKeyId"),
    },
    access: {
      roleArn: show("roleArn"),
      externalId: show("externalId"),
      sourceIdentity: show("sourceIdentity"),
      longLivedCredentials: inputs.roleArn === undefined && inputs.allowLongLivedCredentials === true,
    },
    overrides: overridesOf(inputs, show),
    options: optionsOf(inputs, show),
  };
  return { ...described, marks: marksOf(described, whole, secret("query")), query: whole };
}

/** The predicates of a query, all of which a row must meet. */
export function predicatesOf({ where }: SelectNode) {
  return where === undefined ? [] : where.kind === "and" ? where.terms : [where];
}

/** One node as SQL, with a readable mark for what is not known. */
export function sqlOf(node: Exclude<QueryNode, { kind: "select" | "order" }>): string {
  return withoutPlaceholders(renderNode(node));
}

function withoutPlaceholders(sql: string): string {
  return sql.replace(new RegExp(`RAW\\('"${UNKNOWN}"'\\)|['"]?${UNKNOWN}['"]?`, "g"), NOT_SHOWN);
}

function isUnknownQuery({ columns }: SelectNode): boolean {
  return columns.length === 1 && hasUnknown(columns[0]) && columns[0]?.kind !== "count";
}

/** The resources of the program that a value comes from. */
function originsOf({ comesFrom }: DeclaredResource, name: string): string[] {
  const origins = (comesFrom[name] ?? []).map((urn) => {
    const [, , type = "", ...rest] = urn.split("::");
    return `${type.split("$").at(-1)} "${rest.join("::")}"`;
  });
  return origins.sort();
}

function overridesOf(inputs: Record<string, unknown>, show: (name: string) => ReportValue | undefined) {
  const overrides: ReportedExport["overrides"] = [];
  const reason = show("acceptBucketAudience");
  if (reason)
    overrides.push({
      argument: "acceptBucketAudience",
      reason: text(reason),
      effect: "the export goes on when the bucket is open to others than its owner",
    });
  if (inputs.preflight === "warn" || inputs.preflight === UNKNOWN)
    overrides.push({
      argument: "preflight",
      effect: "the export goes on when it can't be read who may see the bucket",
    });
  if (inputs.acknowledgeUnrestricted === true || inputs.acknowledgeUnrestricted === UNKNOWN)
    overrides.push({
      argument: "acknowledgeUnrestricted",
      effect: "no warning when the dataset has row policies and the export ignores them",
    });
  return overrides;
}

/** What a minimal export has: the defaults of all options. */
const defaults = parseInputs({
  dataset: "d",
  query: {},
  bucket: "bbb",
  path: "p",
  allowLongLivedCredentials: true,
}).inputs;

function optionsOf(inputs: Record<string, unknown>, show: (name: string) => ReportValue | undefined) {
  return OPTIONS.filter((name) => inputs[name] !== undefined && !isDeepStrictEqual(inputs[name], defaults[name])).map(
    (name) => {
      const shown = show(name)!;
      return { name, value: text(shown) };
    },
  );
}

function marksOf(described: Omit<ReportedExport, "marks">, query: SelectNode | undefined, secret: boolean): Mark[] {
  const { faults, overrides, access, dataset, destination, rowFilter } = described;
  const marks: [Mark, boolean][] = [
    ["fault", faults.length > 0],
    ["raw", query !== undefined && hasRaw(query)],
    ["no-row-filter", rowFilter?.length === 0],
    ["open-audience", overrides.length > 0],
    ["long-lived-credentials", access.longLivedCredentials],
    [
      "not-all-known",
      (query === undefined && faults.length === 0) ||
        secret ||
        hasUnknown(query) ||
        [dataset, destination.bucket, destination.path, destination.region, destination.kmsKeyId, access.roleArn].some(
          (item) => item && "unknown" in item,
        ),
    ],
  ];
  return marks.flatMap(([mark, holds]) => (holds ? [mark] : []));
}

function hasRaw(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  if ((node as { kind?: unknown }).kind === "raw" && (node as { json?: unknown }).json !== UNKNOWN) return true;
  return Object.values(node).some(hasRaw);
}

/** Orders texts by their code units, on every machine alike. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
