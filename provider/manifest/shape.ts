import { z } from "zod";

const rows = z.int().min(0);
const time = z.string().optional();

const entry = z.object({
  url: z.string().describe("The object as s3://bucket/key"),
  mandatory: z.literal(true).describe("A reader must fail when the object is not there"),
  meta: z.object({
    content_length: rows.describe("Size of the object in bytes, as stored"),
    record_count: rows.describe("Data rows; the header is not one"),
  }),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('SHA-256 of the object as stored; only where verify "rows" has read it'),
});

const element = z.object({
  name: z.string().describe("Name of the column; of a count its SQL, of raw JSON its place"),
  type: z.object({ base: z.string().describe("Type in Redshift's words, such as bigint or character varying") }),
});

/** Who wrote a manifest, and of what: this package, for this resource and query. */
export const authorship = z.object({
  author: z.object({ name: z.literal("pulumi-domo-s3-export"), version: z.string() }),
  resource: z.string().describe("URN of the resource that wrote it"),
  dataset: z.object({ id: z.string(), name: z.string(), instance: z.string().describe("Origin of the Domo") }),
  sql: z.string().optional().describe("The query; absent where the program keeps it secret"),
  export: z.object({ id: z.string().describe("Id that Domo gave the export") }),
});

/**
 * Shape of the manifest; published as `docs/manifest.schema.json`. What Redshift's `UNLOAD … MANIFEST VERBOSE` writes has the
 * same names here, so that `COPY … MANIFEST` reads it.
 */
export const manifestShape = z.object({
  version: z.literal(1).describe("Version of this shape: another one where a reader of this one would be wrong"),
  entries: z.array(entry).min(1).describe("The objects, each verified in S3 before this was written"),
  schema: z.object({ elements: z.array(element) }).describe("The columns, in the order of the files"),
  meta: entry.shape.meta.describe("The sums of all objects"),
  author: z.object(authorship.shape.author.shape),
  resource: authorship.shape.resource,
  dataset: authorship.shape.dataset,
  sql: authorship.shape.sql,
  export: z.object({
    ...authorship.shape.export.shape,
    definition: z.string().describe("Digest of all that decides the files' content and place"),
    started: time.describe("ISO 8601, by Domo's clock; the data is as of this time"),
    finished: time.describe("ISO 8601, by Domo's clock"),
    adopted: z.literal(true).optional().describe("It was run elsewhere: Domo does not say which query it ran"),
  }),
  rowPolicies: z
    .object({ enabled: z.boolean(), digest: z.string() })
    .optional()
    .describe("Row policies under which the export ran; absent when Domo does not show them"),
  counts: z
    .object({
      query: rows.optional().describe("By Domo's count of the query before the export"),
      domo: rows.describe("By Domo's report of the export"),
      objects: rows.optional().describe("As they were read"),
      dataset: rows.optional().describe("Of the dataset, where the query leaves none out"),
      comparable: z.boolean().describe("Whether they are of the same data, so that they must agree"),
      reason: z.string().optional(),
    })
    .optional()
    .describe("Rows by everyone who counted them"),
  verified: z
    .enum(["objects", "rows"])
    .describe("objects: each exists, is new and has bytes; rows: each was read and its rows counted"),
});

/** What a manifest says. */
export type Manifest = z.output<typeof manifestShape>;
