import { isDeepStrictEqual } from "node:util";
import { canonicalArgs } from "../../provider/args/normalize";
import type { SelectNode } from "../../provider/query/ast";
import { jsonText, NOT_KNOWN } from "../../provider/query/literal";
import { termsOf } from "../../provider/query/nodes";
import { render, renderNode } from "../../provider/query/render";
import { parseInputs } from "../../provider/args/schema";
import { hasUnknown, UNKNOWN } from "../../provider/host/unknown";
import { DomoAddressError } from "../../provider/host/domo-address";
import { isExportType, PLUGIN_TYPE, PROVIDER_TYPE } from "../../provider/host/resource-types";
import { shortName } from "../../provider/host/urn";
import { compareText } from "../compare-text";
import { addressOfProvider } from "./domo-address";
import { marksOf } from "./marks";
import type { DeclaredResource } from "./offline-engine";
import type { ReportedExport, ReportValue } from "./report";
import { text } from "./report-value";
import { sourceOf } from "./source-place";
import { secretPlaceholder } from "./stack-config";
import { type PlainArgument, plainArgument } from "./wire-values";

/** An export as the report shows it, with what comparisons need and no report shows. */
export interface ReviewedExport extends ReportedExport {
  readonly query?: SelectNode;
  /** The secrets in each argument. */
  readonly secrets: Readonly<Record<string, readonly unknown[]>>;
}

/** Where a program's exports were declared. */
export interface DescribeOptions {
  /** Folder that places in the program are seen from. */
  readonly root: string;
  /** Keys of the stack's secret settings. */
  readonly secretKeys: readonly string[];
}

/** What the resource and the dynamic shell add to the program's arguments, and what only the plugin takes. */
const NOT_ARGUMENTS = ["__provider", "dryRun", "resourceUrn", "sql", "onTimeout"];
const OPTIONS = [
  ...[
    "includeBom",
    "useCache",
    "verify",
    "expectRows",
    "countRows",
    "onNewData",
    "deleteObjects",
    "timeoutSeconds",
    "triggers",
    "adopt",
    "manifest",
  ],
] as const;

/** Describes every export among what a program declared, by name. */
export async function describeExports(
  resources: readonly DeclaredResource[],
  options: DescribeOptions,
): Promise<ReviewedExport[]> {
  const exports = resources.filter(({ type }) => isExportType(type));
  const providers = new Map(
    resources.filter(({ type }) => type === PROVIDER_TYPE).map(({ urn, inputs }) => [urn, inputs]),
  );
  const described = await Promise.all(exports.map((resource) => describeExport(resource, { ...options, providers })));
  return described.sort((a, b) => compareText(a.name, b.name) || compareText(a.urn, b.urn));
}

interface ExportContext extends DescribeOptions {
  /** Arguments of the explicit providers by URN. */
  readonly providers: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

async function describeExport(resource: DeclaredResource, options: ExportContext): Promise<ReviewedExport> {
  const plain = Object.fromEntries(
    Object.entries(queryOnly(resource))
      .filter(([name]) => !NOT_ARGUMENTS.includes(name))
      .map(([name, value]) => [name, plainArgument(value)]),
  );
  const args = Object.fromEntries(
    Object.entries(plain).map(([name, { value, secrets }]) => [
      name,
      secrets.length > 0 && name !== "query" ? UNKNOWN : value,
    ]),
  );
  const { inputs, query, failures } = await canonicalArgs(args);
  const show = (name: string): ReportValue | undefined => {
    if (inputs[name] === undefined) return undefined;
    if (isSecret(plain[name])) return { unknown: "secret", from: settingsIn(plain[name], options) };
    if (hasUnknown(inputs[name])) return { unknown: "known when deployed", from: originsOf(resource, name) };
    return { value: typeof inputs[name] === "string" ? inputs[name] : jsonText(inputs[name]) };
  };
  const { domo, fault } = explicitAddress(resource, options);
  if (fault) failures.push(fault);
  const missing: ReportValue = { unknown: "not given", from: [] };
  const described = {
    name: resource.name,
    urn: resource.urn,
    source: sourceOf(resource, options.root),
    faults: failures.map(({ property, reason }) => ({ argument: property, reason })),
    domo,
    dataset: show("dataset") ?? missing,
    ...(query && {
      ...(!hasUnknownColumns(query) && { columns: query.columns.map(renderNode) }),
      rowFilter: termsOf(query).map(renderNode),
      sql: render(query),
    }),
    ...(query?.limit !== undefined && { limit: hasUnknown(query.limit) ? NOT_KNOWN : String(query.limit) }),
    ...(isSecret(plain.query) && { secretsInQuery: settingsIn(plain.query, options) }),
    destination: {
      bucket: show("bucket") ?? missing,
      path: show("path") ?? missing,
      region: show("region"),
      kmsKeyId: show("kmsKeyId"),
      expectedBucketOwner: show("expectedBucketOwner"),
    },
    access: {
      roleArn: show("roleArn"),
      externalId: show("externalId"),
      sourceIdentity: show("sourceIdentity"),
      ownKeys: ownKeysOf(inputs),
    },
    overrides: overridesOf(inputs, show),
    options: optionsOf(inputs, show),
  };
  const secrets = Object.fromEntries(Object.entries(plain).map(([name, { secrets }]) => [name, secrets]));
  return { ...described, marks: marksOf(described, query, inputs), query, secrets };
}

/** The arguments with the SQL text of the plugin's resource as the query that it stands for. */
function queryOnly({ type, inputs }: DeclaredResource): Readonly<Record<string, unknown>> {
  if (type !== PLUGIN_TYPE || inputs.sql === undefined || inputs.query !== undefined) return inputs;
  const { value, secrets } = plainArgument(inputs.sql);
  return { ...inputs, query: secrets.length > 0 ? inputs.sql : { kind: "sql", text: value } };
}

function explicitAddress({ provider = "" }: DeclaredResource, { providers }: ExportContext) {
  try {
    return { domo: addressOfProvider(providers.get(provider) ?? {}) };
  } catch (error) {
    if (!(error instanceof DomoAddressError)) throw error;
    return { fault: { property: "provider", reason: error.message } };
  }
}

function isSecret(argument: PlainArgument | undefined): argument is PlainArgument {
  return argument !== undefined && argument.secrets.length > 0;
}

/** The secret settings of the stack that a secret value was made from, as far as their placeholders are still in it. */
function settingsIn({ secrets }: PlainArgument, { secretKeys }: DescribeOptions): string[] {
  const written = JSON.stringify(secrets);
  return secretKeys.filter((key) => written.includes(secretPlaceholder(key)));
}

/** One column that is not known may stand for a whole list of them. */
function hasUnknownColumns({ columns }: SelectNode): boolean {
  return columns.length === 1 && hasUnknown(columns[0]) && columns[0]?.kind !== "count";
}

/** The resources of the program that a value comes from. */
function originsOf({ comesFrom }: DeclaredResource, name: string): string[] {
  const origins = (comesFrom[name] ?? []).map((urn) => {
    const [, , type = ""] = urn.split("::");
    return `${type.split("$").at(-1)} "${shortName(urn)}"`;
  });
  return origins.sort();
}

/** Without a role the own keys are passed; what is not known may turn out either way. */
function ownKeysOf({
  roleArn,
  allowLongLivedCredentials: allowed,
}: Record<string, unknown>): ReportedExport["access"]["ownKeys"] {
  if (allowed !== true && allowed !== UNKNOWN) return "no";
  if (roleArn === undefined) return allowed === true ? "yes" : "not known";
  return roleArn === UNKNOWN ? "not known" : "no";
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
    (name) => ({ name, value: text(show(name)) }),
  );
}
