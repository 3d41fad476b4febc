import { existsSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { ordersCsv } from "../../emulator/make-orders";
import { cacheDir } from "../../local/paths";

const MEMBER_ROWS = 200_000;

/** A CSV file, zipped. */
export interface ZippedCsv {
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
}

/**
 * Makes a zipped CSV file of at least `bytes` in the cache, the same in every run. It consists of many gzip members, as
 * parallel compressors write them: compressing a gigabyte anew would take minutes.
 */
export async function zippedCsv(bytes: number): Promise<ZippedCsv> {
  const text = ordersCsv(MEMBER_ROWS, 1);
  const headerEnd = text.indexOf("\n") + 1;
  const [header, member] = [gzipSync(text.slice(0, headerEnd)), gzipSync(text.slice(headerEnd))];
  const times = Math.ceil((bytes - header.length) / member.length);
  const path = join(cacheDir, "bench", `orders-${bytes}.csv.gz`);
  if (!existsSync(path)) {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(`${path}.${process.pid}.tmp`, "w");
    await file.writeFile(header);
    for (let index = 0; index < times; index++) await file.writeFile(member);
    await file.close();
    await rename(`${path}.${process.pid}.tmp`, path);
  }
  return { path, bytes: header.length + times * member.length, rows: times * MEMBER_ROWS };
}
