import type { z } from "zod";
import { kmsAliasProblem } from "../aws/kms-key";
import { sessionPolicyProblem } from "../aws/session-policy";
import type { CheckFailure } from "../errors";
import { hasUnknown, UNKNOWN } from "../host/unknown";
import type { SelectNode } from "../query/ast";
import { nearest } from "../query/check/suggest";
import { DIGEST_LENGTH } from "./digest";
import { argumentFacts, argumentNames, argumentSchema, type ArgumentName } from "./arguments";

/**
 * The inputs as `check` returns them and as they are kept in state: defaults spelled out, path without outer slashes,
 * query in its one canonical form with its SQL text.
 */
export type ExportInputs = Omit<z.output<typeof argumentSchema>, "query"> & {
  query: SelectNode;
  /** The query as SQL, for people. */
  sql: string;
  /** Origin of the Domo instance, such as `https://acme.domo.com`: another instance has other data. */
  instance: string;
  /** Whether the query holds a secret, so that its SQL stays out of the manifest. */
  secretQuery?: true;
};

/** What `check` adds to the arguments. */
const derivedInputs = ["sql", "instance", "secretQuery"] as const;

/** Names of all inputs as state keeps them. */
export const inputNames: ReadonlySet<string> = new Set([...argumentNames, ...derivedInputs]);

/** Result of `parseInputs`: the arguments with defaults (unknown values kept as they came), or the faults. */
export interface ParsedInputs {
  inputs: Record<string, unknown>;
  failures: CheckFailure[];
}

/**
 * Checks every argument but the query's inside. A value that a preview does not know yet is accepted for any argument
 * and kept as it is.
 */
export function parseInputs(args: Record<string, unknown>): ParsedInputs {
  const unknownKeys = argumentNames.filter(
    (name) => args[name] === UNKNOWN || (name === "expectRows" && hasUnknown(args[name])),
  );
  const known = Object.fromEntries(Object.entries(args).filter(([key]) => !unknownKeys.includes(key as ArgumentName)));
  const result = schemaWithout(unknownKeys).safeParse(known);
  const failures = result.success ? [] : result.error.issues.flatMap((issue) => toFailures(issue, args));
  const inputs: Record<string, unknown> = result.success ? { ...result.data } : { ...args };
  for (const key of unknownKeys) inputs[key] = UNKNOWN;
  if (inputs.query === undefined)
    failures.push({ property: "query", reason: "is missing; give select(…), sql(…) or Domo's query JSON" });
  return {
    inputs,
    failures: [
      ...failures,
      ...credentialFaults(inputs),
      ...countFaults(inputs),
      ...(result.success ? sessionFaults(inputs) : []),
    ],
  };
}

/** What STS could not take, where the arguments that it depends on are known. */
function sessionFaults(inputs: Record<string, unknown>): CheckFailure[] {
  const { bucket, path, roleArn, kmsKeyId, expectedBucketOwner } = inputs;
  const isRoleUnknown = roleArn === UNKNOWN && kmsKeyId !== UNKNOWN;
  const alias = isRoleUnknown ? kmsAliasProblem(kmsKeyId as string | undefined) : undefined;
  if (alias !== undefined) return [{ property: "kmsKeyId", reason: alias }];
  if ([bucket, path, roleArn, kmsKeyId, expectedBucketOwner].includes(UNKNOWN)) return [];
  const problem = sessionPolicyProblem(inputs as never, { digestLength: DIGEST_LENGTH });
  return problem ? [problem] : [];
}

const schemas = new Map<string, typeof argumentSchema>([["", argumentSchema]]);

/** Kept, as zod compiles a schema at its first use, which takes longer than the parsing. */
function schemaWithout(keys: readonly string[]): typeof argumentSchema {
  const name = keys.join();
  const known = schemas.get(name);
  if (known) return known;
  const made = argumentSchema.omit(
    Object.fromEntries(keys.map((key) => [key, true])) as never,
  ) as typeof argumentSchema;
  schemas.set(name, made);
  return made;
}

function credentialFaults({
  roleArn,
  externalId,
  sourceIdentity,
  allowLongLivedCredentials = false,
}: Record<string, unknown>) {
  const failures: CheckFailure[] = [];
  if (roleArn === undefined && allowLongLivedCredentials === false) {
    failures.push({
      property: "roleArn",
      reason:
        "is missing; give the ARN of an IAM role that may write to the bucket (exportRolePolicy makes its policy). " +
        "To pass your own AWS keys to Domo instead, set allowLongLivedCredentials: true",
    });
  }
  for (const [property, value] of Object.entries({ externalId, sourceIdentity })) {
    if (value !== undefined && roleArn === undefined) {
      failures.push({ property, reason: `has no effect without roleArn; remove ${property} or give the role` });
    }
  }
  return failures;
}

function countFaults({ expectRows, countRows }: Record<string, unknown>): CheckFailure[] {
  if (expectRows === undefined || countRows !== "off") return [];
  return [{ property: "countRows", reason: 'is "off", but expectRows needs a count; remove one of the two' }];
}

function toFailures(issue: z.core.$ZodIssue, args: Record<string, unknown>): CheckFailure[] {
  if (issue.path[0] === "query" && args.query === undefined) return []; // said by parseInputs, whether the key is there or not
  const property = issue.path.reduce<string>(
    (path, part) => (typeof part === "number" ? `${path}[${part}]` : path ? `${path}.${String(part)}` : String(part)),
    "",
  );
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) =>
      property === ""
        ? unknownArgument(key)
        : { property: `${property}.${key}`, reason: "is not known here; it takes min and max" },
    );
  if (issue.code === "custom") return [{ property, reason: issue.message }];
  const name = issue.path[0] as ArgumentName;
  const value = args[name];
  const isShown = value !== undefined && !argumentFacts(name).quiet;
  return [{ property, reason: isShown ? `${quote(value)} ${issue.message}` : issue.message }];
}

function unknownArgument(property: string): CheckFailure {
  const meant = nearest(property, argumentNames);
  const advice = meant === undefined ? `it takes ${argumentNames.join(", ")}` : `did you mean ${meant}?`;
  return { property, reason: `is not an argument of DomoS3Export; ${advice}` };
}

function quote(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 76)}…${json.startsWith('"') ? '"' : ""}` : json;
}
