import * as pulumi from "@pulumi/pulumi";
import { DomoS3Export, sql } from "pulumi-domo-s3-export";
import { readCatalogue } from "./read-catalogue";

const config = new pulumi.Config();
const bucket = config.require("bucket");
const roleArn = config.require("roleArn");

/** Rows of each export, by its name in the catalogue. */
export const rowCounts: Record<string, pulumi.Output<number>> = {};

for (const { name, query, ...place } of readCatalogue("catalogue.yaml")) {
  rowCounts[name] = new DomoS3Export(name, { ...place, query: sql(query), bucket, roleArn }).rowCount;
}
