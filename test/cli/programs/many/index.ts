import { Bucket } from "@pulumi/aws/s3/bucket";
import * as pulumi from "@pulumi/pulumi";
import { and, countDistinct, DomoS3Export, eq, gte, inList, raw, select, sql } from "pulumi-domo-s3-export";
import { FinanceExports } from "./finance-exports";

const config = new pulumi.Config();
const account = config.require("account");
const roleArn = `arn:aws:iam::${account}:role/domo-export`;
const bucket = new Bucket("exports");
const target = { bucket: "acme-exports", roleArn };

new DomoS3Export("orders", {
  ...target,
  dataset: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17",
  query: select("Order ID", "Region", "Sales").where(
    and(eq("Region", config.require("region")), inList("State", ["CA", "OR"]), gte("Sales", 100)),
  ),
  path: `domo/${pulumi.getStack()}/orders`,
});

new DomoS3Export("customers", {
  dataset: "0c9c2f4e-1f1b-4d5e-8a44-6f0d2b1c7e90",
  query: sql(`SELECT Name, "E-mail", RAW('{"exprType":"FUNCTION","name":"UPPER"}') FROM dataset`),
  bucket: bucket.bucket,
  path: "domo/customers",
  region: "eu-west-3",
  allowLongLivedCredentials: true,
  acceptBucketAudience: "FIN-231: the auditor's account reads this bucket",
  preflight: "warn",
  acknowledgeUnrestricted: true,
});

new DomoS3Export("one customer", {
  ...target,
  dataset: "0c9c2f4e-1f1b-4d5e-8a44-6f0d2b1c7e90",
  query: select("Name")
    .where(eq("Customer ID", config.requireSecret("customer")))
    .limit(10),
  path: "domo/one-customer",
  externalId: config.requireSecret("customer"),
});

new DomoS3Export("by|region `x` <b>@all</b>", {
  ...target,
  dataset: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17",
  query: select("Region", countDistinct("Customer ID"))
    .where(raw({ exprType: "LIKE" }))
    .groupBy("Region"),
  path: "domo/by-region",
  kmsKeyId: `arn:aws:kms:eu-west-3:${account}:key/1b0f`,
  verify: "rows",
  triggers: { every: "2024-01-31" },
});

new DomoS3Export("later", {
  ...target,
  dataset: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17",
  query: bucket.arn.apply((arn) => select("Region").where(eq("Bucket", arn))),
  path: "domo/later",
});

new FinanceExports("finance", target);
