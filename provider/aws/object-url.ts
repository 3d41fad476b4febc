/** Where an object lies. */
export interface ObjectLocation {
  bucket: string;
  key: string;
}

/** What is needed to read a URL whose form is not documented. */
export interface UrlContext {
  /** The bucket that was asked for. */
  bucket: string;
  /** The path that Domo was given: some forms are relative to it. */
  prefix: string;
}

/** All that a URL can mean. */
export interface UrlReadings {
  /** Every place that it may name. */
  places: ObjectLocation[];
  /** Whether it names its bucket beyond doubt, so that another place is another place. */
  certain: boolean;
}

/**
 * Every reading of a URL in `urlRowCountMap`, whose form is not documented: `s3://bucket/key`,
 * `https://bucket.s3.region.amazonaws.com/key`, `https://s3.region.amazonaws.com/bucket/key` (or any other host with the
 * bucket as first component), `bucket/key`, a key, and a key relative to the path; each raw or percent-encoded, with
 * doubled slashes or without. Query and fragment are dropped where the key itself has none.
 */
export function readObjectUrl(url: string, context: UrlContext): UrlReadings {
  const named = placesOf(url, context);
  const spellings = named.places.flatMap(({ bucket, key }) =>
    spellingsOf(key).map((spelling) => ({ bucket, key: spelling })),
  );
  const unique = new Map(spellings.map((place) => [JSON.stringify([place.bucket, place.key]), place]));
  return { places: [...unique.values()], certain: named.certain };
}

/** A URL as it may be shown: what follows the object is a signature as often as not. */
export function shownUrl(url: string): string {
  return url.replace(/[?#].*$/s, "");
}

function placesOf(url: string, { bucket, prefix }: UrlContext): UrlReadings {
  const [, scheme, authority, rest = ""] = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)\/*(.*)$/is.exec(url) ?? [];
  if (scheme === undefined || authority === undefined)
    return { places: barePlaces(url, { bucket, prefix }), certain: false };
  if (/^s3[an]?$/i.test(scheme)) return { places: [{ bucket: authority, key: rest }], certain: authority !== "" };
  if (!/^https?$/i.test(scheme)) return { places: [], certain: false };
  const host = authority.replace(/^[^@]*@|:\d+$/g, "");
  const virtualHost = /^(.+?)\.s3[.-]/i.exec(host)?.[1] ?? (host.startsWith(`${bucket}.`) ? bucket : undefined);
  if (virtualHost !== undefined) return { places: [{ bucket: virtualHost, key: rest }], certain: true };
  const [first = "", ...key] = rest.split("/");
  return {
    places: [{ bucket: first, key: key.join("/").replace(/^\/+/, "") }],
    certain: first === bucket || /^s3[.-]/i.test(host),
  };
}

function barePlaces(text: string, { bucket, prefix }: UrlContext): ObjectLocation[] {
  const key = text.replace(/^\/+/, "");
  if (key === "") return [];
  const inBucket = key.startsWith(`${bucket}/`)
    ? [{ bucket, key: key.slice(bucket.length + 1).replace(/^\/+/, "") }]
    : [];
  return [{ bucket, key }, ...inBucket, { bucket, key: `${prefix}/${key}` }];
}

/** Without what looks like a query and whole, raw and decoded, slashes as they are and single. */
function spellingsOf(key: string): string[] {
  const whole = [shownUrl(key), key.replace(/[?#][^?#]*$/s, ""), key];
  const decoded = whole.flatMap((text) => decode(text) ?? []);
  const all = [...whole, ...decoded];
  return [...new Set([...all, ...all.map((text) => text.replace(/\/{2,}/g, "/"))])].filter((text) => text !== "");
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The longest prefix up to a slash that all keys share: one listing covers them all. */
export function commonFolder(keys: readonly string[]): string {
  const [first = "", ...others] = keys;
  let folder = first.slice(0, first.lastIndexOf("/") + 1);
  for (const key of others) {
    while (!key.startsWith(folder)) folder = folder.slice(0, folder.lastIndexOf("/", folder.length - 2) + 1);
  }
  return folder;
}
