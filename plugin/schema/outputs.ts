/** The outputs that only a run knows, in the form of Pulumi's schema. A preview says of each that it is not known yet. */
export const outputs = {
  exportId: { type: "string", description: "Id that Domo gave the export (UUID)." },
  exportStatus: { type: "string", description: "Where the export stands; `success` means verified in S3." },
  origin: {
    type: "string",
    description: "How the export came about: `created`, found again as this one's own (`reused`), or `adopted`.",
  },
  definition: { type: "string", description: "Digest of everything that decides the file's content and place." },
  keyPrefix: {
    type: "string",
    description: "Prefix below which this definition's objects lie, without a trailing slash.",
  },
  bucketRegion: { type: "string", description: "Region of the bucket, as the bucket itself says." },
  startedAt: { type: "string", description: "When the export started, ISO 8601 by Domo's clock." },
  finishedAt: { type: "string", description: "When the export ended, ISO 8601 by Domo's clock." },
  rowCount: { type: "integer", description: "Rows in all files together, as Domo counts them." },
  counts: {
    $ref: "#/types/domo:index:RowCounts",
    description:
      "Rows by everyone who counted them: the query before the export, Domo after it, the objects, the dataset.",
  },
  pdp: {
    $ref: "#/types/domo:index:RowPolicies",
    description: "Row policies of the dataset that applied to the token's user; absent when Domo does not show them.",
  },
  files: {
    type: "array",
    items: { $ref: "#/types/domo:index:ExportedFile" },
    description: "The objects in S3.",
  },
  manifestObject: {
    $ref: "#/types/domo:index:ManifestObject",
    description: "Where the manifest lies; absent when there is none.",
  },
  drift: {
    type: "array",
    items: { $ref: "#/types/domo:index:Drift" },
    description: "What the last refresh found different from this state; empty when all is well.",
  },
} as const;

/** Types of outputs. */
export const outputTypes = {
  ExportedFile: objectType(
    "One object that an export wrote.",
    {
      url: ["string", "URL of the object as `s3://bucket/key`."],
      key: ["string", "Key within the bucket."],
      rows: ["integer", "Data rows in the file as Domo counts them (the header is not one)."],
      bytes: ["integer", "Size of the object in bytes, as stored (compressed)."],
      etag: ["string", "Entity tag that S3 gave the object, without quotes."],
      sha256: ["string", 'SHA-256 of the object as stored, hexadecimal; only where `verify: "rows"` has read it.'],
    },
    ["sha256"],
  ),
  ManifestObject: objectType(
    "The manifest in S3.",
    {
      key: ["string", "Key within the bucket."],
      etag: ["string", "Entity tag that S3 gave it, without quotes; absent until it has been written."],
      exportId: ["string", "Id of the export that it describes."],
    },
    ["etag", "exportId"],
  ),
  Drift: objectType(
    "One difference between what the state says and what is there.",
    {
      kind: ["string", "What happened."],
      subject: ["string", "What drifted: an object's key, a column's name, the bucket, or the export's id."],
      expected: ["string", "What the state says."],
      actual: ["string", "What was found."],
      since: ["string", "Since when, ISO 8601; absent where nobody says."],
    },
    ["since"],
  ),
  RowCounts: objectType(
    "How many rows the export has, by everyone who counted them.",
    {
      query: [
        "integer",
        "Rows of the query, by a count that Domo was asked for before the export; absent when it did not answer.",
      ],
      domo: ["integer", "Rows of all files, as Domo reports them of the export."],
      objects: ["integer", 'Rows of the objects, as they were read (`verify: "rows"`).'],
      dataset: ["integer", "Rows of the dataset, where the query leaves none out and no row policies apply."],
      comparable: [
        "boolean",
        "Whether data and row policies were the same for all counts, so that a difference would have been a failure.",
      ],
      reason: ["string", "Why they are not comparable, or why the query was not counted."],
    },
    ["query", "objects", "dataset", "reason"],
  ),
  RowPolicies: {
    type: "object",
    description: "Row policies (PDP) of the dataset as they applied to the token's user.",
    properties: {
      enabled: { type: "boolean", description: "Whether the dataset restricts rows for anybody." },
      digest: { type: "string", description: "Digest of the policies that apply to the user." },
      policies: { type: "array", items: { type: "string" }, description: "Names of the policies that name the user." },
    },
    required: ["enabled", "policies", "digest"],
  },
  DatasetColumn: objectType("A column of a dataset.", {
    name: ["string", "Exact name; case counts."],
    type: ["string", "Type in Domo: `STRING`, `LONG`, `DOUBLE`, `DECIMAL`, `DATE` or `DATETIME`."],
  }),
};

function objectType(
  description: string,
  members: Record<string, [type: string, description: string]>,
  optional: string[] = [],
) {
  const properties = Object.entries(members).map(([name, [type, about]]) => [name, { type, description: about }]);
  const required = Object.keys(members).filter((name) => !optional.includes(name));
  return { type: "object", description, properties: Object.fromEntries(properties) as object, required };
}
