/** Where an object lies. */
export interface ObjectLocation {
  bucket: string;
  key: string;
}

/**
 * Reads a URL from `urlRowCountMap`. Its scheme is undocumented, so every form is read: `s3://bucket/key`,
 * `https://bucket.s3.region.amazonaws.com/key`, `https://s3.region.amazonaws.com/bucket/key` (or any other host with
 * the bucket as first component), and a bare key. Query and fragment are dropped.
 *
 * @returns `undefined` when the text is none of these for `bucket`.
 */
export function parseObjectUrl(url: string, bucket: string): ObjectLocation | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return url === "" ? undefined : { bucket, key: url.replace(/^\/+/, "") };
  if (scheme === "s3" || scheme === "s3a" || scheme === "s3n") {
    const [, host, key] = /^[^/]*\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
    return host === undefined || key === undefined ? undefined : { bucket: host, key };
  }
  if (scheme !== "https" && scheme !== "http") return undefined;
  return parseHttpUrl(url, bucket);
}

function parseHttpUrl(text: string, bucket: string): ObjectLocation | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const path = decode(url.pathname.slice(1));
  if (path === undefined) return undefined;
  const virtualHost = /^(.+)\.s3[.-]/.exec(url.hostname)?.[1];
  if (virtualHost !== undefined) return path === "" ? undefined : { bucket: virtualHost, key: path };
  if (url.hostname.startsWith(`${bucket}.`)) return path === "" ? undefined : { bucket, key: path };
  const [, host, key] = /^([^/]+)\/(.+)$/s.exec(path) ?? [];
  return host === undefined || key === undefined ? undefined : { bucket: host, key };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Tells whether an object lies in `bucket` below `prefix` (given without a trailing slash). */
export function isBelow(location: ObjectLocation, bucket: string, prefix: string): boolean {
  return location.bucket === bucket && location.key.startsWith(`${prefix}/`);
}
