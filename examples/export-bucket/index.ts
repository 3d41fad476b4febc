import * as pulumi from "@pulumi/pulumi";
import { eq, gte, select } from "pulumi-domo-s3-export";
import { DomoExportBucket } from "./domo-export-bucket";

const exportBucket = new DomoExportBucket("acme-exports", { path: `domo/${pulumi.getStack()}` });

const west = exportBucket.addExport("west", {
  dataset: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17",
  query: select("Order ID", "Region", "Sales").where(eq("Region", "West")),
  deleteObjects: true,
});

const large = exportBucket.addExport("large", {
  dataset: "8d1c52e6-0b3f-4a70-9c4e-51f6a7d3b920",
  query: select("Order ID", "Sales").where(gte("Sales", 1000)),
  deleteObjects: true,
});

export const bucketName = exportBucket.bucketName;
export const rowCounts = { west: west.rowCount, large: large.rowCount };
