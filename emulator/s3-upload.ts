import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

const partBytes = 8 * 1024 * 1024;

/** An object to write. */
export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly kmsKeyId?: string | null;
}

/** Writes an object from a stream of unknown length, in one call if it is small; never holds more than one part. */
export async function uploadObject(client: S3Client, upload: Upload, body: AsyncIterable<Buffer>): Promise<number> {
  const parts = partsOf(body);
  try {
    const first = (await parts.next()).value as Buffer;
    const second = await parts.next();
    if (!second.done) return await uploadParts(client, upload, chain([first, second.value], parts));
    await client.send(new PutObjectCommand({ ...target(upload), Body: first }));
    return first.length;
  } finally {
    // A failed upload must let go of the rows that it did not read.
    await parts.return(undefined);
  }
}

async function uploadParts(client: S3Client, upload: Upload, parts: AsyncIterable<Buffer>): Promise<number> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target(upload)));
  const place = { Bucket: upload.bucket, Key: upload.key, UploadId };
  try {
    const done: { ETag?: string; PartNumber: number }[] = [];
    let bytes = 0;
    for await (const part of parts) {
      const PartNumber = done.length + 1;
      const { ETag } = await client.send(new UploadPartCommand({ ...place, PartNumber, Body: part }));
      done.push({ ETag, PartNumber });
      bytes += part.length;
    }
    await client.send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts: done } }));
    return bytes;
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(place)).catch(() => undefined);
    throw error;
  }
}

function target({ bucket, key, contentType, kmsKeyId }: Upload) {
  const encryption = kmsKeyId ? ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKeyId } as const) : {};
  return { Bucket: bucket, Key: key, ContentType: contentType, ...encryption };
}

/** Buffers of a part's size; at least one, the last one shorter. */
async function* partsOf(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  let held: Buffer[] = [];
  let size = 0;
  let given = false;
  for await (const piece of body) {
    held.push(piece);
    size += piece.length;
    if (size < partBytes) continue;
    yield Buffer.concat(held);
    [held, size, given] = [[], 0, true];
  }
  if (size > 0 || !given) yield Buffer.concat(held);
}

async function* chain(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}
