import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DomoS3Export, eq, exportRolePolicy, exportRoleTrust, select } from "pulumi-domo-s3-export";

const config = new pulumi.Config();
const dataset = config.get("dataset") ?? "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17";
const region = config.get("region") ?? "West";
const path = `domo/${pulumi.getStack()}/sales`;

const bucket = new aws.s3.Bucket("sales-exports", { forceDestroy: true });

const encryption = new aws.s3.BucketServerSideEncryptionConfiguration("sales-exports", {
  bucket: bucket.bucket,
  rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
});

const publicAccessBlock = new aws.s3.BucketPublicAccessBlock("sales-exports", {
  bucket: bucket.bucket,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});

// Domo gets temporary credentials of this role. It can write below the path, and only the caller can assume it.
const role = new aws.iam.Role("sales-exports", {
  assumeRolePolicy: exportRoleTrust({ callerArn: aws.getCallerIdentityOutput().arn }),
});

const rolePolicy = new aws.iam.RolePolicy("sales-exports", {
  role: role.name,
  policy: exportRolePolicy({ bucket: bucket.bucket, path }),
});

const sales = new DomoS3Export(
  "sales",
  {
    dataset,
    query: select("Order ID", "Order Date", "Customer Name", "Region", "Sales").where(eq("Region", region)),
    bucket: bucket.bucket,
    path,
    roleArn: role.arn,
  },
  { dependsOn: [publicAccessBlock, encryption, rolePolicy] },
);

export const bucketName = bucket.bucket;
export const sql = sales.sql;
export const rowCount = sales.rowCount;
export const keys = sales.files.apply((files) => files.map(({ key }) => key));
