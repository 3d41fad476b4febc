import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { S3Client } from "@aws-sdk/client-s3";
import { bucketRegion } from "./bucket-region";
import { withConnection } from "./dataset-store";
import type { ExportJob, JobSurroundings } from "./export-job";
import type { ExportRecord } from "./export-record";
import type { Credentials } from "./export-request";
import type { RuntimeOptions } from "./options";
import { csvFile, rowCursor } from "./row-cursor";
import { uploadObject } from "./s3-upload";

/** Evaluates the query and writes its files with the credentials of the request, and no others. */
export async function writeFiles(
  job: ExportJob & { readonly credentials: Credentials },
  around: JobSurroundings,
): Promise<void> {
  const { record, statement, credentials } = job;
  const { order } = record;
  const { partRows, compression, missingRows } = around.options();
  const region = await bucketRegion(order.bucket, around.storage);
  if (region !== undefined && region !== order.region) throw new RegionMismatch(order.bucket, region, order.region);
  const client = s3Client(order.region, credentials, around.storage.s3Endpoint);
  try {
    await withConnection(around.instance, async (connection) => {
      const cursor = rowCursor(await connection.stream(statement.sql, statement.values));
      do {
        let rows = 0;
        const onRows = (count: number) => (rows += count);
        const limit = partRows || Infinity;
        const text = Readable.from(csvFile(cursor, { bom: order.queryRequest.includeBOM, limit, onRows, missingRows }));
        const body: AsyncIterable<Buffer> =
          compression === "gzip" ? pipeline(text, createGzip(), ignoreEnd) : encoded(text);
        const key = `${folder(record)}/${fileName(record.files.length, compression)}`;
        const contentType = compression === "gzip" ? "application/gzip" : "text/csv";
        const upload = { bucket: order.bucket, key, contentType, kmsKeyId: order.awsKmsKey };
        const bytes = await uploadObject(client, upload, body);
        record.files.push({ key, rows, bytes });
      } while (!(await cursor.atEnd()));
    });
  } finally {
    client.destroy();
  }
}

/** The bucket is in another region than the request says: Domo does not export across regions. */
class RegionMismatch extends Error {
  override readonly name = "PermanentRedirect";
  constructor(bucket: string, actual: string, asked: string) {
    super(`Bucket "${bucket}" is in region ${actual}, not ${asked}`);
  }
}

function s3Client(region: string, credentials: Credentials, endpoint: string | undefined): S3Client {
  return new S3Client({
    region,
    credentials,
    endpoint,
    forcePathStyle: endpoint !== undefined,
    ignoreConfiguredEndpointUrls: true,
    followRegionRedirects: false,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000 },
  });
}

function folder({ exportId, order }: ExportRecord): string {
  return `${order.path.replace(/^\/+|\/+$/g, "")}/${exportId}/export`;
}

function fileName(index: number, compression: RuntimeOptions["compression"]): string {
  return `data${index === 0 ? "" : `-${index}`}.csv${compression === "gzip" ? ".gz" : ""}`;
}

// The reader of the stream meets its error; the callback must be there for it to be passed on.
function ignoreEnd(): void {}

async function* encoded(text: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const piece of text) yield Buffer.from(piece);
}
