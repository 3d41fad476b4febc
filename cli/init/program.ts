/** What a first program exports. */
export interface FirstExport {
  /** Name of the resource and last component of the path. */
  readonly name: string;
  /** Id of the dataset; without it the program reads it from the stack's configuration. */
  readonly dataset?: string;
  readonly columns: readonly string[];
}

/** The text of `index.ts`: a private, encrypted bucket, a role that can write to one path, and one export. */
export function programText({ name, dataset, columns }: FirstExport): string {
  const text = JSON.stringify;
  const list = columns.map((column) => `\n      ${text(column)},`).join("");
  return `import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DomoS3Export, exportRolePolicy, exportRoleTrust, select } from "pulumi-domo-s3-export";

const path = \`domo/\${pulumi.getStack()}/${name}\`;

const bucket = new aws.s3.Bucket("exports");

const encryption = new aws.s3.BucketServerSideEncryptionConfiguration("exports", {
  bucket: bucket.bucket,
  rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
});

const publicAccessBlock = new aws.s3.BucketPublicAccessBlock("exports", {
  bucket: bucket.bucket,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});

// Domo gets temporary credentials of this role. It can write below the path, and only the caller can assume it.
const role = new aws.iam.Role("exports", {
  assumeRolePolicy: exportRoleTrust({ callerArn: aws.getCallerIdentityOutput().arn }),
});

const rolePolicy = new aws.iam.RolePolicy("exports", {
  role: role.name,
  policy: exportRolePolicy({ bucket: bucket.bucket, path }),
});

const exported = new DomoS3Export(
  ${text(name)},
  {
    dataset: ${dataset === undefined ? 'new pulumi.Config().require("dataset")' : text(dataset)},
    // Remove what nobody needs: everyone who can read the bucket can read these columns.
    query: select(${list}
    ),
    bucket: bucket.bucket,
    path,
    roleArn: role.arn,
  },
  { dependsOn: [publicAccessBlock, encryption, rolePolicy] },
);

export const sql = exported.sql;
export const rowCount = exported.rowCount;
export const keys = exported.files.apply((files) => files.map(({ key }) => key));
`;
}
