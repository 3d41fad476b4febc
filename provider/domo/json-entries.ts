const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Reads a JSON array from its bytes, one entry at a time. */
export interface EntryReader {
  /** Takes in the next bytes; `false` when they can't belong to a JSON array. */
  push(bytes: Uint8Array): boolean;
  /** Whether the array has been closed. */
  readonly closed: boolean;
}

/**
 * Creates a reader that hands over each entry as soon as its last byte is there, so that a long list is never in memory
 * as a whole. Bytes are enough to find where entries end: in UTF-8, no byte of a longer character is an ASCII one.
 */
export function createEntryReader(onEntry: (entry: unknown) => void): EntryReader {
  let depth = 0;
  let inText = false;
  let escaped = false;
  let closed = false;
  let isFirst = true;
  let parts: Uint8Array[] = [];

  /** Ends the entry whose last bytes these are; `false` when it is no JSON. */
  function finish(last: Uint8Array): boolean {
    const text = Buffer.concat([...parts, last]).toString();
    parts = [];
    if (closed && isFirst && text.trim() === "") return true;
    isFirst = false;
    let entry: unknown;
    try {
      entry = JSON.parse(text);
    } catch {
      return false;
    }
    onEntry(entry);
    return true;
  }

  return {
    get closed() {
      return closed;
    },
    push(bytes) {
      let from = 0;
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at] ?? 0;
        if (inText) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inText = false;
        } else if (depth === 0) {
          if (BLANKS.has(byte)) continue;
          if (closed || byte !== OPEN_ARRAY) return false;
          depth = 1;
          from = at + 1;
        } else if (byte === QUOTE) {
          inText = true;
        } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
          depth++;
        } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
          if (--depth > 0) continue;
          closed = byte === CLOSE_ARRAY;
          if (!closed || !finish(bytes.subarray(from, at))) return false;
        } else if (byte === COMMA && depth === 1) {
          if (!finish(bytes.subarray(from, at))) return false;
          from = at + 1;
        }
      }
      // What follows a list need not be kept.
      if (depth > 0) parts.push(bytes.subarray(from));
      return true;
    },
  };
}
