import { z } from "zod";
import { ACCOUNT, BUCKET_NAME, EXTERNAL_ID, REGION, ROLE_ARN, SOURCE_IDENTITY } from "../aws/arn";
import { pathProblem } from "../aws/write-scope";
import { DIGEST_COMPONENT } from "./digest";
import { manifestKeyProblem } from "./manifest-key";

/** What a change of an argument leads to: another resource, another export in place, or only a new record in state. */
export type Consequence = "replace" | "export" | "record";

/** What stands next to the form of an argument. */
export interface ArgumentFacts {
  /** Meaning, for people: plain sentences in Markdown. */
  description: string;
  /** What a change leads to. */
  onChange: Consequence;
  /** What holds without the argument, where the form has no default of its own. */
  otherwise?: string;
  /** Whether the value decides who can see the data, or who is asked about it. */
  audience?: true;
  /** Whether a wrong value is not quoted, as it may be a secret. */
  quiet?: true;
}

const facts = z.registry<ArgumentFacts>();

function argument<Schema extends z.ZodType>(schema: Schema, about: ArgumentFacts): Schema {
  facts.add(schema, about);
  return schema;
}

const text = z.string("is not text");
const flag = z.boolean("is neither true nor false; write one of them, without quotes");

/** A text that has to be there. */
function needed(whatToGive: string): z.ZodString {
  return z.string({ error: ({ input }) => (input === undefined ? `is missing; give ${whatToGive}` : "is not text") });
}

/** What to give as the dataset instead of this text, such as its address. */
function idAdvice(text: string): string {
  const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0];
  return id === undefined ? "take the UUID from the dataset's address in Domo" : `give the UUID in it, "${id}"`;
}

const path = needed('a folder in the bucket, such as "domo/sales"').transform((value, context) => {
  const trimmed = value.replace(/^\/+|\/+$/g, "");
  const problem = /^s3:/i.test(trimmed)
    ? `path ${JSON.stringify(value)} is a URL; give only the part after the bucket's name`
    : (pathProblem(trimmed) ?? digestProblem(trimmed));
  if (problem) context.addIssue({ code: "custom", message: problem });
  return trimmed;
});

const manifest = z
  .union([z.literal(false), z.string()], "is neither a key below path nor false")
  .superRefine((value, context) => {
    const problem = value === false ? undefined : manifestKeyProblem(value);
    if (problem) context.addIssue({ code: "custom", message: problem });
  });

function digestProblem(trimmed: string): string | undefined {
  const part = trimmed.split("/").find((component) => DIGEST_COMPONENT.test(component));
  if (part === undefined) return undefined;
  return `path ${JSON.stringify(trimmed)} has the component "${part}", which looks like the digest below which another export writes; choose another name`;
}

const rows = z.int("is not a whole number of rows").min(0, "is below 0 rows").optional();

/** Bounds of a number of rows; at least one of them is given. */
const rowBounds = z
  .strictObject({ min: rows, max: rows }, "is not an object with min, max or both")
  .superRefine(({ min, max }, context) => {
    if (min === undefined && max === undefined)
      context.addIssue({ code: "custom", message: "is empty; give min, max or both" });
    if (min !== undefined && max !== undefined && min > max)
      context.addIssue({ code: "custom", message: `has min ${min} above max ${max}; no number of rows fits` });
  });

/** Every argument of the resource: its form, its default, its meaning, and what a change of it leads to. Said here only. */
export const argumentSchema = z.strictObject({
  dataset: argument(
    needed("the UUID from the dataset's address in Domo").regex(/^[\w-]{1,64}$/, {
      error: ({ input }) => `is not a dataset id; ${idAdvice(String(input))}`,
    }),
    {
      description: "Id of the Domo dataset (the UUID in its address).",
      onChange: "replace", // another dataset is another thing, with another audience
      audience: true,
    },
  ),
  query: argument(z.unknown(), {
    description:
      'What is exported: a builder (`select("Region").where(eq("Region", "West"))`), SQL text (`sql("SELECT …")`), or the JSON of Domo\'s documentation. Another spelling of the same query is no change.',
    onChange: "export", // other data in the same place
  }),
  bucket: argument(
    needed("the name of the S3 bucket").regex(
      BUCKET_NAME,
      'is not the name of an S3 bucket (3–63 of a–z, 0–9, dot, hyphen); give the name alone, such as "acme-exports"',
    ),
    {
      description: "Name of the S3 bucket.",
      onChange: "replace", // the old objects stay where they are
      audience: true,
    },
  ),
  path: argument(path, {
    description:
      "Prefix in the bucket. Objects are written to `<path>/<definition>/<exportId>/export/…`, where `<definition>` is a digest of everything that decides the file's content.",
    onChange: "replace", // likewise
    audience: true,
  }),
  region: argument(text.regex(REGION, "is not an AWS region such as eu-west-3").optional(), {
    description: "Region of the bucket; it must be the bucket's own.",
    otherwise: "asked of the bucket",
    onChange: "export", // reaches the POST
    audience: true,
  }),
  roleArn: argument(
    text.regex(ROLE_ARN, "is not the ARN of an IAM role, such as arn:aws:iam::123456789012:role/export").optional(),
    {
      description:
        "ARN of the IAM role that may write to the bucket. Domo gets temporary credentials of this role that are confined to the export's prefix. Required unless `allowLongLivedCredentials` is true.",
      onChange: "record", // who may write says nothing about what was written
      audience: true,
    },
  ),
  externalId: argument(
    text.regex(EXTERNAL_ID, "is not an external id (2–1224 of letters, digits, +=,.@:/-)").optional(),
    { description: "External id that the role's trust policy asks for.", onChange: "record", quiet: true },
  ),
  sourceIdentity: argument(
    text.regex(SOURCE_IDENTITY, "is not a source identity (2–64 of letters, digits, +=,.@-)").optional(),
    {
      description: "Source identity for CloudTrail; the trust policy must allow `sts:SetSourceIdentity`.",
      onChange: "record",
    },
  ),
  allowLongLivedCredentials: argument(flag.default(false), {
    description:
      "Passes the caller's own AWS credentials to Domo when there is no `roleArn`. They are not confined to the prefix.",
    onChange: "record",
  }),
  timeoutSeconds: argument(
    z
      .int("is not a whole number of seconds; give 3600 for an hour")
      .min(1, "must be at least 1 second")
      .max(86_400, "must be at most 86400 seconds (a day)")
      .default(3600),
    {
      description:
        "Seconds that the export may take, with the time in which another export holds the dataset's only slot. Waiting for other exports of the same `up` does not count.",
      onChange: "record",
    },
  ),
  includeBom: argument(flag.default(false), {
    description: "Whether the file starts with a byte-order mark.",
    onChange: "export", // other bytes
  }),
  useCache: argument(flag.default(false), {
    description: "Whether Domo may answer the query from its cache.",
    onChange: "export", // possibly other data
  }),
  kmsKeyId: argument(text.min(1, "is empty; leave it out for the bucket's own encryption").optional(), {
    description:
      "KMS key that encrypts the objects: an ARN, or the id of a key in the role's account and the bucket's region. The field is known from Domo's OpenAPI file only.",
    otherwise: "the bucket's own encryption",
    onChange: "export", // the object is encrypted with it
    audience: true,
  }),
  triggers: argument(z.unknown().optional(), {
    description: "Any value: each change of it exports again.",
    onChange: "export", // that is what they are for
  }),
  deleteObjects: argument(flag.default(false), {
    description:
      "Whether deleting the resource removes the objects that it recorded, and a newer export those of the older one.",
    onChange: "record",
  }),
  verify: argument(z.enum(["objects", "rows"], 'is neither "objects" nor "rows"').default("objects"), {
    description:
      "`objects` proves that each object exists, is new and has bytes; `rows` also reads them and counts their rows (needs `s3:GetObject`).",
    onChange: "record",
  }),
  expectRows: argument(rowBounds.optional(), {
    description:
      "How many rows the export may have, `{ min, max }` or one of them. Outside of it a preview fails, and `up` fails before anything is written: the query is counted first. What was delivered is held to it too.",
    onChange: "record",
  }),
  countRows: argument(z.enum(["auto", "require", "off"], 'is none of "auto", "require", "off"').default("auto"), {
    description:
      "Whether Domo is asked to count the query's rows before the export, so that what is delivered is compared with a count that is not the export's own: `auto` does so where Domo answers, `require` fails before the export where it does not, `off` does not ask.",
    onChange: "record",
  }),
  onNewData: argument(
    z.enum(["ignore", "report", "export"], 'is none of "ignore", "report", "export"').default("report"),
    {
      description:
        "What it means that the dataset has newer data than the export: nothing, a line in `drift`, or another export on the next `up` after a refresh.",
      onChange: "record",
    },
  ),
  adopt: argument(text.min(1, "is empty; leave it out or give the id of an export").optional(), {
    description:
      "Id of an existing export to take over instead of running one. It is verified like any other, but Domo does not say which query it ran. Takes effect when it is new or changed; after that the resource exports as usual.",
    onChange: "export", // takes another export over (never runs one)
  }),
  preflight: argument(z.enum(["strict", "warn"], 'is neither "strict" nor "warn"').default("strict"), {
    description:
      "What happens when the caller may not read one of the bucket's settings that decide its audience: `strict` refuses and names the missing IAM action, `warn` goes on with a warning.",
    onChange: "record",
    audience: true,
  }),
  expectedBucketOwner: argument(text.regex(ACCOUNT, "is not an AWS account id (12 digits)").optional(), {
    description: "Account (12 digits) that must own the bucket.",
    otherwise: "the role's account",
    onChange: "record",
    audience: true,
  }),
  acceptBucketAudience: argument(
    text.min(10, "is too short for a reason that a reviewer can judge; give 10 characters or more").optional(),
    {
      description:
        "Accepts the exposure of the bucket that is found now, with the reason (at least 10 characters) that reviewers find in state. What is exposed later needs a new reason. A bucket of another owner is never accepted.",
      otherwise: "an exposed bucket is refused",
      onChange: "record",
      audience: true,
    },
  ),
  acknowledgeUnrestricted: argument(flag.default(false), {
    description:
      "Silences the warning that a dataset with row policies is exported by a user who sees all of its rows.",
    onChange: "record",
    audience: true,
  }),
  manifest: argument(manifest.optional(), {
    description:
      "Key below `path` of the manifest: a JSON file at a place that never changes, which names the newest verified objects. It is written last. `false` writes none.",
    otherwise: "`_<resource name>.manifest.json`",
    onChange: "record", // the manifest moves, the data stays
  }),
});

/** Name of an argument. */
export type ArgumentName = keyof typeof argumentSchema.shape;

/** Names of all arguments, in the order of the docs. */
export const argumentNames = Object.keys(argumentSchema.shape) as ArgumentName[];

/** What stands next to the form of an argument. */
export function argumentFacts(name: ArgumentName): ArgumentFacts {
  const found = facts.get(argumentSchema.shape[name]);
  if (!found) throw new Error(`the argument ${name} has no facts`);
  return found;
}

/** Arguments that decide who can see the data: where one of them changes, the audience is judged again. */
export const audienceArguments: readonly ArgumentName[] = argumentNames.filter((name) => argumentFacts(name).audience);
