import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { FileOptions } from "./file-options";

/** A file's bytes, compressed and cut off as the options say. */
export function fileBytes(
  text: AsyncIterable<string>,
  { compression, truncatedBytes }: Pick<FileOptions, "compression" | "truncatedBytes">,
): AsyncIterable<Buffer> {
  const whole = compression === "gzip" ? pipeline(Readable.from(text), createGzip(), ignoreEnd) : encoded(text);
  return truncatedBytes > 0 ? withoutEnd(whole, truncatedBytes) : whole;
}

/** Takes all of a file that is not written, for its rows to be passed over. */
export async function unread(body: AsyncIterable<Buffer>): Promise<0> {
  const pieces = body[Symbol.asyncIterator]();
  while (!(await pieces.next()).done);
  return 0;
}

async function* withoutEnd(body: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  for await (const piece of body) {
    held = Buffer.concat([held, piece]);
    const free = held.length - bytes;
    if (free <= 0) continue;
    yield held.subarray(0, free);
    held = held.subarray(free);
  }
}

// The reader of the stream meets its error; the callback must be there for it to be passed on.
function ignoreEnd(): void {}

async function* encoded(text: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const piece of text) yield Buffer.from(piece);
}
