import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { VerificationError } from "../errors";

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** What a stored file holds. */
export interface RowsRead {
  rows: number;
  /** SHA-256 of the bytes as they are stored, in hexadecimal digits. */
  sha256: string;
}

/**
 * Counts the data rows of a CSV file (RFC 4180: a header first, line breaks inside quotes belong to the value) while it
 * streams by, in constant memory. Gzip is recognised by its first two bytes; a byte-order mark is a part of the header.
 */
export async function countRows(stored: Readable): Promise<RowsRead> {
  const counter = createRowCounter();
  const hash = createHash("sha256");
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of stored) {
      hash.update(chunk as Buffer);
      yield chunk as Buffer;
    }
  }
  try {
    for await (const chunk of await plain(Readable.from(hashed(), { objectMode: false })))
      counter.feed(chunk as Buffer);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    throw new VerificationError(`its gzip data is damaged (${error.code})`, {
      advice: "the file is not complete; run pulumi up again once the data has changed",
      cause: error,
    });
  }
  return { rows: Math.max(0, counter.records() - 1), sha256: hash.digest("hex") };
}

/** Whether what was stored can't be unpacked, as opposed to a connection that broke. */
function isDamaged(error: unknown): error is Error & { code: string } {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && code.startsWith("Z_");
}

/** Counts CSV records chunk by chunk. */
export function createRowCounter(): { feed(chunk: Uint8Array): void; records(): number } {
  let ended = 0;
  let inQuotes = false;
  let pending = false;

  return {
    feed(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (inQuotes) {
          const quote = chunk.indexOf(QUOTE, at);
          if (quote === -1) return;
          inQuotes = false;
          at = quote + 1;
          continue;
        }
        const byte = chunk[at++];
        inQuotes = byte === QUOTE;
        pending = byte !== LINE_FEED;
        if (!pending) ended++;
      }
    },
    records: () => ended + (pending ? 1 : 0),
  };
}

async function plain(stored: Readable): Promise<Readable> {
  if (!(await isZipped(stored))) return stored;
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  stored.on("error", (error) => gunzip.destroy(error));
  return stored.pipe(gunzip);
}

/** Looks at the first two bytes and puts them back: in the same tick, or a stream that is all there would end first. */
function isZipped(stored: Readable): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const first = stored.read(2) as Buffer | null;
      if (!first) return;
      stored.off("readable", look);
      stored.unshift(first);
      resolve(first[0] === 0x1f && first[1] === 0x8b);
    };
    stored.on("readable", look);
    stored.once("end", () => resolve(false));
    stored.once("error", reject);
  });
}
