import { expect, test } from "vitest";
import { isBelow, parseObjectUrl } from "../../provider/aws/object-url";

const key = "exports/west 2026/data.csv.gz";

test.each([
  `s3://bucket/${key}`,
  `s3a://bucket/${key}`,
  `S3N://bucket/${key}`,
  "https://bucket.s3.eu-west-3.amazonaws.com/exports/west%202026/data.csv.gz",
  "https://bucket.s3.amazonaws.com/exports/west%202026/data.csv.gz",
  "https://bucket.s3-eu-west-1.amazonaws.com/exports/west%202026/data.csv.gz",
  "https://bucket.s3.cn-north-1.amazonaws.com.cn/exports/west%202026/data.csv.gz",
  "https://s3.eu-west-3.amazonaws.com/bucket/exports/west%202026/data.csv.gz",
  "http://127.0.0.1:5000/bucket/exports/west%202026/data.csv.gz",
  "https://bucket.objects.corp/exports/west%202026/data.csv.gz",
  "https://bucket.s3.eu-west-3.amazonaws.com/exports/west%202026/data.csv.gz?X-Amz-Expires=60#part",
  key,
  `/${key}`,
])("%s is the object in the bucket", (url) => {
  expect(parseObjectUrl(url, "bucket")).toEqual({ bucket: "bucket", key });
});

test.each([
  ["s3://other/data.csv", { bucket: "other", key: "data.csv" }],
  ["https://other.s3.eu-west-3.amazonaws.com/data.csv", { bucket: "other", key: "data.csv" }],
  ["https://s3.amazonaws.com/other/data.csv", { bucket: "other", key: "data.csv" }],
  ["https://dotted.bucket.s3.eu-west-3.amazonaws.com/data.csv", { bucket: "dotted.bucket", key: "data.csv" }],
])("%s is read with the bucket that it names, not the expected one", (url, location) => {
  expect(parseObjectUrl(url, "bucket")).toEqual(location);
});

test.each([
  "",
  "s3://bucket",
  "s3://bucket/",
  "https://bucket.s3.amazonaws.com/",
  "https://s3.amazonaws.com/bucket",
  "https://bucket.s3.amazonaws.com/%zz",
  "https://[broken/data.csv",
  "ftp://bucket/data.csv",
  "file:///bucket/data.csv",
])("%j is no object", (url) => {
  expect(parseObjectUrl(url, "bucket")).toBeUndefined();
});

test.each([
  { bucket: "bucket", key: "exports/a/data.csv", below: true },
  { bucket: "bucket", key: "exports/a", below: false },
  { bucket: "bucket", key: "exports/ab/data.csv", below: false },
  { bucket: "bucket", key: "other/exports/a/data.csv", below: false },
  { bucket: "other", key: "exports/a/data.csv", below: false },
])("s3://$bucket/$key is below s3://bucket/exports/a: $below", ({ below, ...location }) => {
  expect(isBelow(location, "bucket", "exports/a")).toBe(below);
});
