/** The functions in the form of Pulumi's schema. */
export const functions = {
  "domo:index:getDataset": {
    description: "Facts of a dataset that the token's user may read.",
    inputs: inputs({ id: ["string", "Id of the dataset (the UUID in its address)."] }),
    outputs: {
      type: "object",
      properties: {
        id: { type: "string", description: "Id of the dataset." },
        name: { type: "string", description: "Name of the dataset." },
        rowCount: { type: "integer", description: "Rows of the dataset; row policies are not counted in." },
        lastUpdated: { type: "string", description: "When the data last changed, ISO 8601 by Domo's clock." },
        columns: {
          type: "array",
          items: { $ref: "#/types/domo:index:DatasetColumn" },
          description: "The columns in their order.",
        },
      },
      required: ["id", "name", "columns"],
    },
  },
  "domo:index:countRows": {
    description:
      "How many rows a query has by Domo's own count, as the token's user sees them. Nothing is exported. The query is given as `sql` or as `query`.",
    inputs: {
      type: "object",
      properties: {
        dataset: { type: "string", description: "Id of the dataset (the UUID in its address)." },
        sql: { type: "string", description: "The query as SQL text." },
        query: { $ref: "pulumi.json#/Any", description: "The query as the JSON of Domo's documentation." },
      },
      required: ["dataset"],
    },
    outputs: {
      type: "object",
      properties: { rows: { type: "integer", description: "Number of rows." } },
      required: ["rows"],
    },
  },
  "domo:index:exportRolePolicy": {
    description: "Permission policy of the role that an export assumes: what the upload needs and nothing more.",
    inputs: inputs(
      {
        bucket: ["string", "Name of the bucket that exports are written to."],
        path: ["string", "The `path` of the exports that use the role. Objects below it may be written, nothing else."],
        kmsKeyArn: ["string", "ARN of the KMS key that encrypts the objects, not an alias."],
        bucketOwner: ["string", "Account that must own the bucket at the time of writing."],
        partition: ["string", "Partition of the bucket: `aws-cn` in China, `aws-us-gov` in GovCloud. Default: `aws`."],
      },
      ["bucket", "path"],
    ),
    outputs: document(),
  },
  "domo:index:exportRoleTrust": {
    description: "Trust policy of the role that an export assumes: the caller alone may assume it.",
    inputs: inputs(
      {
        callerArn: [
          "string",
          "ARN of the user or role that runs Pulumi. A session's ARN is good for that session only.",
        ],
        externalId: ["string", "`externalId` of the exports that use the role. It is then demanded of every caller."],
        sourceIdentity: ["string", "`sourceIdentity` of the exports that use the role, likewise."],
      },
      ["callerArn"],
    ),
    outputs: document(),
  },
};

function inputs(members: Record<string, [type: string, description: string]>, required = Object.keys(members)): object {
  const properties = Object.entries(members).map(([name, [type, description]]) => [name, { type, description }]);
  return { type: "object", properties: Object.fromEntries(properties) as object, required };
}

function document(): object {
  const json = { type: "string", description: "The policy as JSON text." };
  return { type: "object", properties: { json }, required: ["json"] };
}
