import { createEntryReader } from "./json-entries";

/** What came as the body of an answer. */
export type Body =
  | { kind: "json"; value: unknown }
  /** JSON that breaks off, or is broken. */
  | { kind: "broken" }
  | { kind: "html" }
  | { kind: "other" }
  | { kind: "too-large"; maxBytes: number; isList: boolean };

/** For anything but a list: such answers have kilobytes. */
const MAX_BYTES = 16 * 1024 * 1024;
/** A list holds the exports of years, each with presigned URLs of a kilobyte. */
const MAX_LIST_BYTES = 256 * 1024 * 1024;

/** What happens to JSON before anybody sees it. */
export interface Reading {
  /** Takes the secrets out. */
  hide: (value: unknown) => unknown;
  /** What stays of each entry, for an answer that is a long array: it is read entry by entry, never in memory as a whole. */
  keep?: (entry: unknown) => unknown;
}

/** Reads a body of JSON. Of a body that is too large the rest is not read: its connection is closed. */
export async function readBody(bytes: AsyncIterable<Uint8Array>, { hide, keep }: Reading): Promise<Body> {
  const entries: unknown[] = [];
  const reader = createEntryReader((entry) => entries.push(hide(keep?.(entry))));
  const parts: Uint8Array[] = [];
  let isList: boolean | undefined;
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    isList ??= keep ? startsArray(part) : false;
    const maxBytes = isList ? MAX_LIST_BYTES : MAX_BYTES;
    if (size > maxBytes) return { kind: "too-large", maxBytes, isList: isList === true };
    if (!isList) parts.push(part);
    else if (!reader.push(part)) return { kind: "broken" };
  }
  if (isList) return reader.closed ? { kind: "json", value: entries } : { kind: "broken" };
  const body = parse(Buffer.concat(parts).toString());
  return body.kind === "json" ? { ...body, value: hide(body.value) } : body;
}

function parse(text: string): Body {
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch {
    if (/^\s*[[{]/.test(text)) return { kind: "broken" };
    return { kind: /^\s*</.test(text) ? "html" : "other" };
  }
}

/** Whether the first byte that is no blank opens an array; `undefined` where there are only blanks. */
function startsArray(bytes: Uint8Array): boolean | undefined {
  const first = /\S/.exec(Buffer.from(bytes).toString("latin1"))?.[0];
  return first === undefined ? undefined : first === "[";
}
