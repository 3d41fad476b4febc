import { createHash } from "node:crypto";

/** A component of a path that looks like a digest. The argument `path` has none, so that no export lies below another's. */
export const DIGEST_COMPONENT = /^[0-9a-f]{32}$/i;

/** Characters of a digest. */
export const DIGEST_LENGTH = 32;

/** Digest of JSON: 128 bits, so that nobody finds two contents with one digest. */
export function contentDigest(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, DIGEST_LENGTH);
}
