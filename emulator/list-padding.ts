import { createHash } from "node:crypto";
import { signatureMark } from "./file-url";

const filesOfEntry = 8;
let built = { bytes: 0, text: "" };

/**
 * Old exports of somebody else as a list's inner JSON text, of at least that many bytes: most of it presigned URLs of about 1 kB. The last
 * one is kept, since a caller asks for the same list again and again.
 */
export function paddingText(bytes: number): string {
  if (built.bytes !== bytes) built = { bytes, text: makeText(bytes) };
  return built.text;
}

function makeText(bytes: number): string {
  const entries: string[] = [];
  for (let length = 0; length < bytes;) {
    const text = JSON.stringify(oldEntry(entries.length));
    entries.push(text);
    length += text.length + 1;
  }
  return entries.join(",");
}

function oldEntry(index: number): Record<string, unknown> {
  const hash = createHash("sha256").update(`padding ${index}`).digest("hex");
  const exportId = hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  const started = Date.UTC(2021, 0, 1) + index * 60_000;
  const keys = Array.from({ length: filesOfEntry }, (_, file) => `elsewhere/${exportId}/export/data-${file}.csv.gz`);
  const token = hash.repeat(13);
  const query = `X-Amz-Expires=3600&X-Amz-Security-Token=${token}&X-Amz-Signature=${signatureMark}-${hash}`;
  const counts = (url: (key: string) => string) => Object.fromEntries(keys.map((key) => [url(key), 1000]));
  return {
    exportId,
    exportStatus: "success",
    exportFormat: "csv",
    compression: "gzip",
    bucket: "somebody-elses",
    started: new Date(started).toISOString(),
    finished: new Date(started + 30_000).toISOString(),
    errorCode: null,
    message: null,
    urlRowCountMap: counts((key) => `s3://somebody-elses/${key}`),
    tempUrlRowCountMap: counts((key) => `https://somebody-elses.s3.us-east-1.amazonaws.com/${key}?${query}`),
  };
}
