/*
 * Stands in for the `aws` plugin in the local cloud, for the few types that the examples declare. The engine starts it
 * as it would start the real one; it calls AWS by `AWS_ENDPOINT_URL`.
 */
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";
import { functions } from "./aws/functions";
import { role, rolePolicy } from "./aws/iam";
import type { Kind, Props } from "./aws/kind";
import { bucket, bucketPolicy, bucketPublicAccessBlock, bucketServerSideEncryptionConfiguration } from "./aws/s3";
import { awsSchema } from "./aws/schema";
import { exitWithParent } from "./process";

// The real plugin is not made of the SDK for JavaScript, and has no warning about Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const kinds: Readonly<Record<string, Kind>> = {
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketPublicAccessBlock,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    bucketServerSideEncryptionConfiguration,
  "aws:s3/bucketPolicy:BucketPolicy": bucketPolicy,
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
};

/** What an unknown value looks like in a preview. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signature = "4dabf18193072939515e22adb298388d";

function kindOf(urn: string): Kind {
  const type = typeOf(urn);
  const kind = kinds[type];
  if (!kind) throw new Error(`The local cloud has no "${type}"; it knows ${Object.keys(kinds).join(", ")}`);
  return kind;
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** Takes secrets out of their wrapping, at any depth. */
function unwrap<T>(value: T): T {
  if (Array.isArray(value)) return value.map(unwrap) as T;
  if (typeof value !== "object" || value === null) return value;
  if (signature in value) return unwrap((value as { value?: unknown }).value) as T;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item as unknown)])) as T;
}

/** Plain JSON without the absent values that a protobuf struct refuses. */
function toJson(props: Props): Record<string, unknown> {
  return JSON.parse(JSON.stringify(props)) as Record<string, unknown>;
}

function sameValue(kind: Kind, key: string, old: unknown, now: unknown): boolean {
  const parse = (value: unknown) =>
    kind.documents?.includes(key) && typeof value === "string" && value !== unknown
      ? (JSON.parse(value) as unknown)
      : value;
  return isDeepStrictEqual(parse(old), parse(now));
}

/**
 * The state that goes to the engine: what the program gave, wrapped as it came, under what AWS says now. `__inputs`
 * remembers which arguments the program gave, for `read` is not told; the engine shows no key of that form.
 */
async function currentState(kind: Kind, id: string, given: Props): Promise<Props | undefined> {
  const plain = unwrap(given);
  const actual = await kind.read(id, plain);
  if (!actual) return undefined;
  const changed = Object.entries(actual).filter(([key, value]) => !sameValue(kind, key, plain[key], value));
  return toJson({ ...given, ...Object.fromEntries(changed) });
}

const { version } = createRequire(__filename)("@pulumi/aws/package.json") as { version: string };

const provider: Provider = {
  version,
  getSchema: () => Promise.resolve(awsSchema(version, kinds)),

  check(urn, olds: Props, news: Props) {
    const kind = kindOf(urn);
    const inputs: Record<string, unknown> = { ...news };
    const failures = Object.keys(news)
      .filter((key) => !kind.inputs.includes(key) && !key.startsWith("__"))
      .map((property) => ({
        property,
        reason: `the local cloud's ${typeOf(urn)} knows only ${kind.inputs.join(", ")}`,
      }));
    for (const key of kind.documents ?? []) {
      const value = unwrap(inputs[key]);
      if (typeof value === "object" && value !== null) inputs[key] = JSON.stringify(value);
    }
    if (kind.autoName && inputs[kind.autoName] === undefined) {
      inputs[kind.autoName] = olds[kind.autoName] ?? generateName(urn, kind);
    }
    return Promise.resolve({ inputs, failures });
  },

  diff(_id, urn, oldState: Props, newInputs: Props) {
    const kind = kindOf(urn);
    const [old, now] = [unwrap(oldState), unwrap(newInputs)];
    // The region of the state was found out when the program named none.
    const optional = kind.inputs.filter((key) => now[key] === undefined && computedWhenAbsent.includes(key));
    const changed = kind.inputs.filter((key) => !optional.includes(key) && !sameValue(kind, key, old[key], now[key]));
    const replaces = changed.filter((key) => kind.replaceOn.includes(key));
    // A name that the program chose can't be held by two at a time.
    const deleteBeforeReplace = kind.autoName === undefined || !changed.includes(kind.autoName);
    return Promise.resolve({ changes: changed.length > 0, replaces, deleteBeforeReplace });
  },

  async create(urn, inputs: Props) {
    const kind = kindOf(urn);
    const id = await kind.create(unwrap(inputs));
    return { id, outs: await currentState(kind, id, { ...inputs, __inputs: Object.keys(inputs) }) };
  },

  async read(id, urn, props: Props) {
    const kind = kindOf(urn);
    const state = await currentState(kind, id, props);
    if (!state) return { id: "", props: {} };
    const given = (state.__inputs ?? kind.inputs) as readonly string[];
    const isInput = (key: string) =>
      kind.inputs.includes(key) && (given.includes(key) || !computedWhenAbsent.includes(key));
    const inputs = Object.fromEntries(Object.entries(state).filter(([key]) => isInput(key)));
    return { id, props: state, inputs };
  },

  async update(id, urn, _olds: Props, news: Props) {
    const kind = kindOf(urn);
    await kind.update?.(id, unwrap(news));
    return { outs: await currentState(kind, id, { ...news, __inputs: Object.keys(news) }) };
  },

  async delete(id, urn, props: Props) {
    await kindOf(urn).delete(id, unwrap(props));
  },

  async invoke(token, args: Props) {
    const call = functions[token];
    if (!call) throw new Error(`The local cloud has no function "${token}"`);
    return { outputs: toJson(await call(unwrap(args))) };
  },
};

/** Arguments that AWS fills in, which is no change. */
const computedWhenAbsent = ["region", "path", "maxSessionDuration"];

function generateName(urn: string, kind: Kind): string {
  const suffix = `-${randomBytes(4).toString("hex").slice(0, 7)}`;
  const name = (urn.split("::")[3] ?? "").slice(0, (kind.maxNameLength ?? 64) - suffix.length);
  return kind.autoName === "bucket" ? `${name}${suffix}`.toLowerCase() : name + suffix;
}

exitWithParent();
void main(provider, process.argv.slice(2));
