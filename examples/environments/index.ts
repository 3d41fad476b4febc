import * as pulumi from "@pulumi/pulumi";
import { DomoS3Export, inList, select } from "pulumi-domo-s3-export";

const config = new pulumi.Config();
const limit = config.getNumber("limit");

const query = select("Order ID", "Order Date", "Region", "Sales")
  .where(inList("Region", config.requireObject<string[]>("regions")))
  .orderBy("Order ID");

const orders = new DomoS3Export("orders", {
  dataset: config.get("dataset") ?? "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17",
  query: limit === undefined ? query : query.limit(limit),
  bucket: config.require("bucket"),
  // With the stack in the path no environment writes to another's place, even where they share a bucket.
  path: `domo/${pulumi.getStack()}/orders`,
  roleArn: config.require("roleArn"),
  verify: config.requireBoolean("countRows") ? "rows" : "objects",
});

export const sql = orders.sql;
export const keyPrefix = orders.keyPrefix;
export const rowCount = orders.rowCount;
