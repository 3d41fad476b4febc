const { DomoS3Export, select, sql } = require("pulumi-domo-s3-export");

new DomoS3Export("no role", { dataset: "d-1", query: select("A"), bucket: "acme-exports", path: "s3://acme/x" });
new DomoS3Export("no columns", {
  dataset: "d-1",
  query: sql("SELECT * FROM dataset"),
  bucket: "Acme_Exports",
  path: "x",
  roleArn: "arn:aws:iam::000000000042:role/export",
});
