import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { S3Client } from "@aws-sdk/client-s3";
import type { DuckDBInstance } from "@duckdb/node-api";
import { bucketRegion } from "./bucket-region.js";
import type { Clock } from "./clock.js";
import { withConnection } from "./dataset-store.js";
import type { ExportRecord } from "./export-record.js";
import type { Credentials } from "./export-request.js";
import type { EmulatorOptions, RuntimeOptions } from "./options.js";
import type { Statement } from "./query-sql.js";
import { csvFile, rowCursor } from "./row-cursor.js";
import { uploadObject } from "./s3-upload.js";

/** What an export needs while it runs. */
export interface ExportJob {
  readonly record: ExportRecord;
  readonly statement: Statement;
  /** Absent for an export that only occupies the slot and writes nothing. */
  readonly credentials?: Credentials;
  readonly seconds: number;
  /** Ends the waiting at once. */
  readonly hurry: AbortSignal;
}

/** What jobs share. */
export interface JobSurroundings {
  readonly instance: DuckDBInstance;
  readonly clock: Clock;
  readonly storage: Pick<EmulatorOptions, "s3Endpoint" | "regionProbe">;
  options(): RuntimeOptions;
}

/** Runs an export to its end: none → exporting → success | error. Never rejects; the record tells the outcome. */
export async function runExport(job: ExportJob, around: JobSurroundings): Promise<void> {
  const { record, seconds, hurry } = job;
  const preparing = seconds / 10;
  await around.clock.sleep(preparing, hurry);
  record.status = "exporting";
  await around.clock.sleep(seconds - preparing, hurry);
  try {
    const failure = around.options().failWith;
    if (failure) throw Object.assign(new Error(failure.message), { name: failure.errorCode });
    if (record.errorCode === null) await writeFiles(job, around);
    record.status = record.errorCode === null ? "success" : "error";
  } catch (error) {
    record.errorCode = errorCode(error);
    record.message = withoutSecrets(error instanceof Error ? error.message : String(error), job.credentials);
    record.files.length = 0;
    record.status = "error";
  }
  record.finishedAt = around.clock.now();
}

async function writeFiles(job: ExportJob, around: JobSurroundings): Promise<void> {
  const { record, statement, credentials } = job;
  const { order } = record;
  if (!credentials) return;
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
export class RegionMismatch extends Error {
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

function errorCode(error: unknown): string {
  const { name = "Error", code } = error as { name?: string; code?: string };
  return name === "Error" ? (code ?? "InternalError") : name;
}

function withoutSecrets(message: string, credentials: Credentials | undefined): string {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials ?? {};
  const secrets = [accessKeyId, secretAccessKey, sessionToken];
  return secrets.reduce<string>((text, secret) => (secret ? text.replaceAll(secret, "***") : text), message);
}
