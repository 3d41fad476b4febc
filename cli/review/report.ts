import { z } from "zod";

/** A value of the program, or why it can't be shown. */
const value = z.union([
  z.strictObject({ value: z.string() }),
  z.strictObject({
    unknown: z.enum(["known when deployed", "secret", "not given"]),
    from: z.array(z.string()).describe("Resources of the program, or secret settings, that the value comes from"),
  }),
]);

const mark = z.enum([
  "new-column",
  "new-destination",
  "wider-filter",
  "undecided",
  "raw",
  "no-row-filter",
  "open-audience",
  "own-keys",
  "not-all-known",
  "made-here",
  "fault",
]);

const reviewedExport = z.strictObject({
  name: z.string().describe("Name of the export in the program"),
  urn: z.string(),
  source: z.strictObject({ file: z.string(), line: z.int() }).optional().describe("Where the program declares it"),
  marks: z.array(mark).describe("What deserves attention in the export as it stands"),
  faults: z
    .array(z.strictObject({ argument: z.string(), reason: z.string() }))
    .describe("Arguments that the resource refuses"),
  domo: value.optional().describe("Origin by an explicit provider; absent = that of the stack"),
  dataset: value.describe("Id of the Domo dataset"),
  datasetName: z.string().optional().describe("Its name, when Domo was asked (--names)"),
  columns: z
    .array(z.string())
    .optional()
    .describe("What each column of the file holds, as SQL, in order; absent when not known yet"),
  rowFilter: z
    .array(z.string())
    .optional()
    .describe("Predicates that a row must meet, all of them; empty = every row leaves"),
  limit: z.string().optional(),
  counted: z
    .strictObject({ rows: z.int().optional().describe("Absent when they could not be counted"), text: z.string() })
    .optional()
    .describe("How many rows the query has now, when Domo was asked (--counts)"),
  secretsInQuery: z
    .array(z.string())
    .optional()
    .describe("Present when the query holds secrets, which are not shown: the secret settings that they come from"),
  sql: z.string().optional().describe("The whole query; absent when not known yet"),
  destination: z.strictObject({
    bucket: value,
    path: value,
    region: value.optional().describe("Absent = asked of the bucket"),
    kmsKeyId: value.optional().describe("Absent = the bucket's own encryption"),
    expectedBucketOwner: value.optional().describe("Account that must own the bucket; absent = the role's account"),
  }),
  access: z.strictObject({
    roleArn: value.optional(),
    externalId: value.optional(),
    sourceIdentity: value.optional(),
    ownKeys: z
      .enum(["no", "yes", "not known"])
      .describe("Whether the deploying user's own AWS keys are passed to Domo"),
  }),
  overrides: z
    .array(z.strictObject({ argument: z.string(), effect: z.string(), reason: z.string().optional() }))
    .describe("Safeguards that the export switches off"),
  options: z
    .array(z.strictObject({ name: z.string(), value: z.string() }))
    .describe("Other options that are not at their default"),
});

const finding = z.strictObject({
  mark: z.enum([
    "new-column",
    "new-destination",
    "wider-filter",
    "undecided",
    "dropped-column",
    "narrower-filter",
    "other",
  ]),
  subject: z.string().describe("What changed: SQL, a value or an argument"),
  text: z.string().describe("What that means"),
  rules: z
    .array(z.enum(["new-columns", "new-destination", "wider-filter"]))
    .describe("Rules of --fail-on that it breaks"),
});

const change = z.strictObject({
  name: z.string(),
  urn: z.string(),
  kind: z.enum(["added", "removed", "changed"]),
  findings: z.array(finding),
  sqlDiff: z
    .array(z.string())
    .describe("Lines of the query, each with a space, - or + before it; empty when it is the same"),
});

const stackReview = z.strictObject({
  stack: z.string(),
  error: z.string().optional().describe("Why the stack could not be reviewed, or not compared"),
  domo: z
    .strictObject({
      settings: value.describe("Origin by the stack's settings; not given = the environment of the deployment decides"),
      environment: z.string().optional().describe("Origin by the environment of this run, which wins"),
      fault: z.string().optional().describe("Why there is no address"),
    })
    .describe("Where the Domo token is sent"),
  exports: z.array(reviewedExport).describe("All exports of the program, by name"),
  alsoDeclares: z
    .array(z.strictObject({ type: z.string(), name: z.string() }))
    .describe("Other resources of the program by which data can leave, or be shared"),
  notes: z.array(z.string()).describe("What the report could not look into"),
  comparison: z
    .strictObject({
      findings: z.array(finding).describe("Changes of the stack itself"),
      changes: z.array(change),
      unchanged: z.int().describe("How many exports are the same"),
    })
    .optional()
    .describe("With --base"),
});

const difference = z.strictObject({
  exports: z.array(z.string()).describe("Names of the exports; none = it is about the stack itself"),
  what: z.string().describe("What differs"),
  values: z.array(z.strictObject({ stacks: z.array(z.string()), value: z.string() })),
});

/** Shape of the report. The published JSON Schema is made from it. */
export const reportSchema = z.strictObject({
  version: z.literal(1),
  project: z.string(),
  base: z
    .strictObject({ ref: z.string().describe("The git reference as it was given"), commit: z.string() })
    .optional(),
  differences: z.array(difference).describe("What differs between the stacks"),
  stacks: z.array(stackReview),
  notes: z.array(z.string()).describe("What concerns no single stack"),
});

/** A review report; see {@link reportSchema}. */
export type Report = z.output<typeof reportSchema>;
/** One stack of a report. */
export type StackReview = z.output<typeof stackReview>;
/** One export of a report. */
export type ReportedExport = z.output<typeof reviewedExport>;
/** A value, or why it is not shown. */
export type ReportValue = z.output<typeof value>;
/** What deserves attention in an export. */
export type Mark = z.output<typeof mark>;
/** One difference between two versions of an export. */
export type Finding = z.output<typeof finding>;
/** An export that was added, removed or changed. */
export type Change = z.output<typeof change>;
/** What differs between stacks. */
export type StackDifference = z.output<typeof difference>;
/** A rule of `--fail-on`. */
export type Rule = Finding["rules"][number];
