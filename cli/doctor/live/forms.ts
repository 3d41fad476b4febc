/** How a time is written; never the time itself. */
export function timeForm(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === null) return "null";
  if (typeof value === "number") return "milliseconds as a number";
  if (typeof value !== "string") return `a value of type ${typeof value}`;
  if (/^\d+$/.test(value)) return "milliseconds as text";
  const zone = /z$/i.test(value) ? "Z" : /[+-]\d\d:?\d\d$/.test(value) ? "an offset" : "no zone";
  return /^\d{4}-\d\d-\d\d[T ]\d/.test(value) ? `ISO text with ${zone}` : `other text with ${zone}`;
}

/** How a URL names an object; never the URL itself. */
export function urlForm(url: string, { bucket, keys }: { bucket: string; keys: readonly string[] }): string {
  const [plain = "", query] = url.split("?");
  const extras = [
    ...(query === undefined ? [] : ["a query"]),
    ...(plain.includes("%") ? ["percent-encoded"] : []),
    ...(/[^:]\/\//.test(plain) ? ["a doubled slash"] : []),
  ];
  return [baseForm(plain, bucket, keys), ...extras].join(", ");
}

function baseForm(url: string, bucket: string, keys: readonly string[]): string {
  if (url.startsWith("s3://")) return "s3://bucket/key";
  if (/^https?:\/\//.test(url)) {
    return new RegExp(`^https?://${bucket.replaceAll(".", "\\.")}\\.`).test(url)
      ? "https://bucket.host/key"
      : "https://host/bucket/key";
  }
  if (url.startsWith(`${bucket}/`)) return "bucket/key";
  return keys.some((key) => [url, decoded(url)].includes(key)) ? "key" : "relative to the path";
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where a file lies below the path that Domo was given, with `<exportId>` in place of the id. */
export function layoutOf(key: string, { path, exportId }: { path: string; exportId: string }): string {
  return key.startsWith(`${path}/`)
    ? key.slice(path.length + 1).replaceAll(exportId, "<exportId>")
    : "outside of the path";
}

/** Each value once, joined. */
export function listed(values: readonly string[]): string {
  return [...new Set(values)].join(", ");
}
