import { S3Client } from "@aws-sdk/client-s3";
import { bucketRegion } from "./bucket-region";
import { withConnection } from "./dataset-store";
import type { ExportJob, JobSurroundings } from "./export-job";
import type { ExportRecord } from "./export-record";
import type { Credentials } from "./export-request";
import { fileBytes, unread } from "./file-bytes";
import { trimmedPath } from "./file-url";
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
  const { partRows, missingFiles, unnamedFiles, wordRows, lostRows, kmsKey, ...options } = around.options();
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
        const { includeBOM: bom } = order.queryRequest;
        const body = fileBytes(
          csvFile(cursor, { bom, limit, onRows, missingRows: options.missingRows + lostRows }),
          options,
        );
        const index = record.files.length;
        const key = `${folder(record, options.layout)}/${fileName(index, options.compression)}`;
        const contentType = options.compression === "gzip" ? "application/gzip" : "text/csv";
        const upload = { bucket: order.bucket, key, contentType, kmsKeyId: kmsKey === "used" ? order.awsKmsKey : null };
        const isWritten = index >= missingFiles;
        const bytes = isWritten ? await uploadObject(client, upload, body) : await unread(body);
        const written = isWritten ? Math.max(0, rows - options.missingRows - lostRows) : null;
        const word = Math.max(0, rows - lostRows) + (index === 0 ? wordRows : 0);
        // Which files are the last ones is known at the end.
        record.files.push({ key, rows: word, written, bytes, named: unnamedFiles === 0 });
      } while (!(await cursor.atEnd()));
      for (const file of record.files.slice(0, Math.max(0, record.files.length - unnamedFiles))) file.named = true;
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

function folder({ exportId, order }: ExportRecord, layout: RuntimeOptions["layout"]): string {
  const path = trimmedPath(order.path);
  switch (layout) {
    case "id-export":
      return `${path}/${exportId}/export`;
    case "id":
      return `${path}/${exportId}`;
    case "flat":
      return path;
  }
}

function fileName(index: number, compression: RuntimeOptions["compression"]): string {
  return `data${index === 0 ? "" : `-${index}`}.csv${compression === "gzip" ? ".gz" : ""}`;
}
