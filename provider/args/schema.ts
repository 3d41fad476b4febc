import { z } from "zod";
import { pathProblem } from "../aws/write-scope";
import type { SelectNode } from "../query/ast";
import { UNKNOWN } from "../host/unknown";

/** A fault in one argument, shown on the resource: `property` is a path such as `query.columns[1]`. */
export interface CheckFailure {
  property: string;
  reason: string;
}

const text = z.string("is missing or not text");
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

export const inputSchema = z.strictObject({
  dataset: text.regex(/^[\w-]{1,64}$/, "is not a dataset id; take the UUID from the dataset's address in Domo"),
  query: z.unknown(),
  bucket: text.regex(bucketName, "is not the name of an S3 bucket (3–63 of a–z, 0–9, dot, hyphen; no s3:// before it)"),
  path: text.transform((path, context) => {
    const trimmed = path.replace(/^\/+|\/+$/g, "");
    const problem = /^s3:/i.test(trimmed)
      ? `path ${JSON.stringify(path)} is a URL; give only the part after the bucket's name`
      : pathProblem(trimmed);
    if (problem) context.addIssue({ code: "custom", message: problem });
    return trimmed;
  }),
  region: text.regex(/^[a-z]{2,}(-[a-z]+)+-\d$/, "is not an AWS region such as eu-west-3").optional(),
  roleArn: text
    .regex(roleArn, "is not the ARN of an IAM role, such as arn:aws:iam::123456789012:role/export")
    .optional(),
  externalId: text
    .regex(/^[\w+=,.@:/-]{2,1224}$/, "is not an external id (2–1224 of letters, digits, +=,.@:/-)")
    .optional(),
  sourceIdentity: text
    .regex(/^[\w+=,.@-]{2,64}$/, "is not a source identity (2–64 of letters, digits, +=,.@-)")
    .optional(),
  allowLongLivedCredentials: z.boolean("is neither true nor false").default(false),
  timeoutSeconds: z
    .int("is not a whole number of seconds")
    .min(1, "must be at least 1 second")
    .max(86_400, "must be at most 86400 seconds (a day)")
    .default(3600),
  includeBom: z.boolean("is neither true nor false").default(false),
  useCache: z.boolean("is neither true nor false").default(false),
  kmsKeyId: text.min(1, "is empty; leave it out for the bucket's own encryption").optional(),
  triggers: z.unknown().optional(),
  deleteObjects: z.boolean("is neither true nor false").default(false),
  verify: z.enum(["objects", "rows"], 'is neither "objects" nor "rows"').default("objects"),
  onNewData: z.enum(["ignore", "report", "export"], 'is none of "ignore", "report", "export"').default("report"),
  adopt: text.min(1, "is empty; leave it out or give the id of an export").optional(),
  preflight: z.enum(["strict", "warn"], 'is neither "strict" nor "warn"').default("strict"),
  expectedBucketOwner: text.regex(/^\d{12}$/, "is not an AWS account id (12 digits)").optional(),
  acceptBucketAudience: text.min(10, "is too short for a reason that a reviewer can judge").optional(),
  acknowledgeUnrestricted: z.boolean("is neither true nor false").default(false),
  resourceUrn: z.string().optional(),
});

/**
 * The inputs as `check` returns them and as they are kept in state: defaults spelled out, path without outer slashes,
 * query in its one canonical form with its SQL text beside it.
 */
export type ExportInputs = Omit<z.output<typeof inputSchema>, "query"> & { query: SelectNode; sql: string };

/** Names of all inputs as state keeps them. */
export const inputNames: ReadonlySet<string> = new Set([...Object.keys(inputSchema.shape), "sql"]);

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
  const unknownKeys = Object.keys(args).filter((key) => args[key] === UNKNOWN && key in inputSchema.shape);
  const known = Object.fromEntries(Object.entries(args).filter(([key]) => !unknownKeys.includes(key)));
  const result = schemaWithout(unknownKeys).safeParse(known);
  if (!result.success)
    return { inputs: args, failures: result.error.issues.flatMap((issue) => toFailures(issue, args)) };
  const inputs: Record<string, unknown> = { ...result.data };
  for (const key of unknownKeys) inputs[key] = UNKNOWN;
  const failures = credentialFaults(inputs);
  if (inputs.query === undefined)
    failures.push({ property: "query", reason: "is missing: give select(…), sql(…) or Domo's query JSON" });
  return { inputs, failures };
}

const schemas = new Map<string, typeof inputSchema>([["", inputSchema]]);

/** Kept, as zod compiles a schema at its first use, which takes longer than the parsing. */
function schemaWithout(keys: readonly string[]): typeof inputSchema {
  const name = keys.join();
  const known = schemas.get(name);
  if (known) return known;
  const made = inputSchema.omit(Object.fromEntries(keys.map((key) => [key, true])) as never) as typeof inputSchema;
  schemas.set(name, made);
  return made;
}

function credentialFaults({ roleArn, externalId, sourceIdentity, allowLongLivedCredentials }: Record<string, unknown>) {
  const failures: CheckFailure[] = [];
  if (roleArn === undefined && allowLongLivedCredentials === false) {
    failures.push({
      property: "roleArn",
      reason:
        "is missing: give the ARN of an IAM role that may write to the bucket. " +
        "Handing your own AWS keys to Domo instead needs allowLongLivedCredentials: true",
    });
  }
  for (const [property, value] of Object.entries({ externalId, sourceIdentity })) {
    if (value !== undefined && roleArn === undefined) {
      failures.push({ property, reason: `has no effect without roleArn; remove ${property} or give the role` });
    }
  }
  return failures;
}

function toFailures(issue: z.core.$ZodIssue, args: Record<string, unknown>): CheckFailure[] {
  if (issue.code === "unrecognized_keys") {
    const names = Object.keys(inputSchema.shape).filter((name) => name !== "resourceUrn");
    return issue.keys.map((key) => ({
      property: key,
      reason: `is not an argument of DomoS3Export; it takes ${names.join(", ")}`,
    }));
  }
  const property = issue.path.reduce<string>(
    (path, part) => (typeof part === "number" ? `${path}[${part}]` : path ? `${path}.${String(part)}` : String(part)),
    "",
  );
  if (issue.code === "custom") return [{ property, reason: issue.message }];
  const value = args[String(issue.path[0])];
  return [{ property, reason: value === undefined ? issue.message : `${quote(value)} ${issue.message}` }];
}

function quote(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}
