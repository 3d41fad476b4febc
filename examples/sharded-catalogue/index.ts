import * as pulumi from "@pulumi/pulumi";
import { DomoS3Export, sql } from "pulumi-domo-s3-export";
import { readCatalogue, shardOf } from "./shards";

const { shards, bucket, roleArn, exports: entries } = readCatalogue();
const shard = pulumi.getStack();

for (const [name, { query, ...place }] of Object.entries(entries)) {
  if (shardOf(place.dataset, shards) !== shard) continue;
  new DomoS3Export(name, { ...place, query: sql(query), bucket, roleArn, onNewData: "export" });
}
