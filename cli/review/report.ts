import { z } from "zod";

/** A value of the program, or why it can't be shown. */
const value = z.union([
  z.strictObject({ value: z.string() }),
  z.strictObject({
    unknown: z.enum(["known when deployed", "secret", "not given"]),
    from: z.array(z.string()).describe("Type and name of the program's resources that will tell it"),
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
  "long-lived-credentials",
  "not-all-known",
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
  sql: z.string().optional().describe("The whole query; absent when not known yet"),
  destination: z.strictObject({
    bucket: value,
    path: value,
    region: value.optional().describe("Absent = asked of the bucket"),
    kmsKeyId: value.optional().describe("Absent = the bucket's own encryption"),
  }),
  access: z.strictObject({
    roleArn: value.optional(),
    externalId: value.optional(),
    sourceIdentity: value.optional(),
    longLivedCredentials: z.boolean().describe("Whether Domo is handed the AWS keys of whoever deploys"),
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

/** Shape of the report. The published JSON Schema is made from it. */
export const reportSchema = z.strictObject({
  version: z.literal(1),
  project: z.string(),
  stack: z.string(),
  exports: z.array(reviewedExport).describe("All exports of the program, by name"),
  notes: z.array(z.string()).describe("What the report could not look into"),
  comparison: z
    .strictObject({
      base: z.string().describe("The git reference as it was given"),
      commit: z.string(),
      changes: z.array(change),
      unchanged: z.int().describe("How many exports are the same"),
    })
    .optional(),
});

/** A review report; see {@link reportSchema}. */
export type Report = z.output<typeof reportSchema>;
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
/** A rule of `--fail-on`. */
export type Rule = Finding["rules"][number];
