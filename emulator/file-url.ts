import { createHash } from "node:crypto";
import type { AnswerOptions } from "./answer-options";
import type { ExportRecord } from "./export-record";

/** Marks the temporary URLs' signatures, so that a test can look for them where no secret may be. */
export const signatureMark = "EMULATOR-SECRET-SIGNATURE";

type UrlOptions = Pick<AnswerOptions, "urlForm" | "urlEncoding" | "urlQuery">;

/** A file as `urlRowCountMap` names it. */
export function fileUrl(
  { order: { bucket, region, path } }: ExportRecord,
  key: string,
  { urlForm, urlEncoding, urlQuery }: UrlOptions,
): string {
  const usual = urlForm === "virtual" || urlForm === "path";
  const encode = urlForm === "s3-encoded" || urlEncoding === "encoded" || (urlEncoding === "usual" && usual);
  const shown = (text: string) => (encode ? urlPath(text) : text);
  const place = () => {
    switch (urlForm) {
      case "s3":
      case "s3-encoded":
        return `s3://${bucket}/${shown(key)}`;
      case "s3-double-slash":
        return `s3://${bucket}//${shown(key)}`;
      case "bucket-key":
        return `${bucket}/${shown(key)}`;
      case "key":
        return shown(key);
      case "relative":
        return shown(key.slice(trimmedPath(path).length + 1));
      case "virtual":
        return `https://${bucket}.s3.${region}.amazonaws.com/${shown(key)}`;
      case "path":
        return `https://s3.${region}.amazonaws.com/${bucket}/${shown(key)}`;
    }
  };
  return place() + (urlQuery === "" ? "" : `?${urlQuery}`);
}

/** A presigned URL of a file. */
export function signedUrl(record: ExportRecord, key: string): string {
  const urlQuery = signedQuery(`${record.exportId}/${key}`);
  return fileUrl(record, key, { urlForm: "virtual", urlEncoding: "usual", urlQuery });
}

/** The query string of a presigned URL. */
export function signedQuery(of: string): string {
  const signature = createHash("sha256").update(of).digest("hex");
  return `X-Amz-Expires=3600&X-Amz-Signature=${signatureMark}-${signature}`;
}

/** A request's path without the slashes around it. */
export function trimmedPath(path: string): string {
  return path.replace(/^\/+|\/+$/g, "");
}

function urlPath(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
