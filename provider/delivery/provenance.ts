import { readObjectUrl, shownUrl } from "../aws/object-url";
import { beganBefore, type DomoExport } from "../domo/answers";

/** An object that Domo says it wrote. */
export interface NamedObject {
  key: string;
  /** Data rows as Domo counts them. */
  rows: number;
}

/** What was asked for, and what an entry of Domo's list is held against. */
export interface Claim {
  bucket: string;
  /** Path that Domo was given. It ends with the definition's digest, but for `adopt`. */
  keyPrefix: string;
  /** Whether any place below `keyPrefix` will do, as for `adopt`. */
  anywhereBelow?: boolean;
  /** When the dataset's data last changed, where that matters; `undefined` inside when Domo does not say. */
  data?: { changedAt: string | undefined };
  /** Domo's time, in milliseconds, before which our POST was not sent, for an entry that answered it. */
  postedAt?: number;
}

/** Whose export an entry is. `why` is the rest of a sentence. */
export type Verdict =
  | { kind: "ours"; objects: NamedObject[] }
  /** `changedAt`: when the data changed, where that is known to be later. */
  | { kind: "stale"; objects: NamedObject[]; why: string; changedAt?: string }
  | { kind: "failed"; why: string }
  | { kind: "foreign"; why: string }
  | { kind: "unreadable"; why: string };

/**
 * Whose export is it? Domo's answers echo neither path nor query; bucket and URLs alone say where an export went, and the
 * digest in the path says which definition it ran. Asked for every ended entry, wherever it comes from. The first row that
 * fits decides:
 *
 * | the entry | verdict |
 * | --- | --- |
 * | names another bucket | foreign |
 * | ended without success, and had begun before our POST | foreign |
 * | ended without success | failed |
 * | has a field that can't be read | unreadable |
 * | names no object | unreadable |
 * | has a URL that names another place beyond doubt | foreign |
 * | has a URL that names no place of ours in any reading | unreadable |
 * | began before the data last changed, or one of the two is not known | stale |
 * | any other | ours |
 *
 * A place is ours when it is `<keyPrefix>/<exportId>/…`. Should Domo leave the id out, `<keyPrefix>/export/…` or a file right
 * below `keyPrefix` will do. A URL that holds the digest is never another place. A failure without a time is ours when the
 * POST's answer has named it: nothing else says whose it is, and another POST would repeat a failure that is ours.
 */
export function judge(entry: DomoExport, claim: Claim): Verdict {
  const { bucket } = claim;
  if (entry.bucket !== undefined && entry.bucket !== bucket)
    return { kind: "foreign", why: `its bucket is "${entry.bucket}", not "${bucket}"` };
  if (entry.status !== "success") {
    if (beganBefore(entry, claim.postedAt)) return { kind: "foreign", why: "it had begun before it was asked for" };
    return { kind: "failed", why: failure(entry) };
  }
  if (entry.odd.length > 0)
    return { kind: "unreadable", why: `Domo's list has ${entry.odd.join(", ")} that can't be read` };
  const urls = Object.entries(entry.urlRowCountMap);
  if (urls.length === 0)
    return { kind: "unreadable", why: "Domo names no file of it, although even an empty result has one" };
  const stale = claim.data && staleness(entry, claim.data.changedAt);
  const folder = `${claim.keyPrefix}/`;
  const digest = claim.keyPrefix.slice(claim.keyPrefix.lastIndexOf("/") + 1);
  const objects: NamedObject[] = [];
  for (const [url, rows] of urls) {
    const { places, certain } = readObjectUrl(url, { bucket, prefix: claim.keyPrefix });
    const own = places.find((place) => {
      if (place.bucket !== bucket || !place.key.startsWith(folder)) return false;
      const [first, ...others] = place.key.slice(folder.length).split("/");
      return claim.anywhereBelow === true || others.length === 0 || first === entry.exportId || first === "export";
    });
    if (own) {
      objects.push({ key: own.key, rows });
      continue;
    }
    const where = `"${shownUrl(url)}", which is not below "s3://${bucket}/${folder}"`;
    return certain && !url.includes(digest)
      ? { kind: "foreign", why: `it wrote ${where}` }
      : { kind: "unreadable", why: `Domo names ${where} in any reading` };
  }
  return stale ? { kind: "stale", objects, ...stale } : { kind: "ours", objects };
}

function staleness(
  { started }: DomoExport,
  changedAt: string | undefined,
): { why: string; changedAt?: string } | undefined {
  if (changedAt === undefined) return { why: "Domo does not say when the data last changed" };
  if (started === undefined) return { why: "Domo does not say when it began" };
  if (Date.parse(started) >= Date.parse(changedAt)) return undefined;
  return { why: `it began at ${started}, and the data changed at ${changedAt}`, changedAt };
}

function failure({ status, errorCode, message }: DomoExport): string {
  const said = [errorCode, message].filter(Boolean).join(": ");
  return (
    [status === "error" ? undefined : `Domo ended it with the status "${status}"`, said].filter(Boolean).join("; ") ||
    "Domo gives no reason"
  );
}
