import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { countRows, createRowCounter } from "../../provider/delivery/count-rows";

const BOM = "\ufeff";
const stream = (pieces: Iterable<Buffer> | AsyncIterable<Buffer>) => Readable.from(pieces, { objectMode: false });

test.each([
  { what: "an empty file", csv: "", rows: 0 },
  { what: "a single byte", csv: "a", rows: 0 },
  { what: "a header alone", csv: "a,b\n", rows: 0 },
  { what: "a header without a line break", csv: "a,b", rows: 0 },
  { what: "two rows", csv: "a,b\n1,2\n3,4\n", rows: 2 },
  { what: "a last row without a line break", csv: "a,b\n1,2\n3,4", rows: 2 },
  { what: "Windows line breaks", csv: "a,b\r\n1,2\r\n3,4\r\n", rows: 2 },
  { what: "a line break inside quotes", csv: 'a,b\n"one\ntwo",2\n', rows: 1 },
  { what: "a quote inside quotes before a line break", csv: 'a\n"he said ""no""\nand left"\nx\n', rows: 2 },
  { what: "a line break in the header", csv: '"a\nb",c\n1,2\n', rows: 1 },
  { what: "a byte-order mark", csv: `${BOM}a,b\n1,2\n`, rows: 1 },
  { what: "a byte-order mark before a quoted header", csv: `${BOM}"a\n",b\n1,2\n`, rows: 1 },
  { what: "a byte-order mark and nothing else", csv: BOM, rows: 0 },
  { what: "an empty value as a row of one column", csv: 'a\n""\n""\n', rows: 2 },
  { what: "non-ASCII text", csv: "größe,名\nÄ,日本\n", rows: 1 },
])("$what holds $rows rows, plain and zipped, however it is cut", async ({ csv, rows }) => {
  const bytes = Buffer.from(csv);
  for (const stored of [bytes, gzipSync(bytes)]) {
    const sha256 = createHash("sha256").update(stored).digest("hex");
    expect(await countRows(stream([stored]))).toEqual({ rows, sha256 });
    expect(await countRows(stream([...stored].map((byte) => Buffer.of(byte))))).toEqual({ rows, sha256 });
  }
});

test("a broken zip file fails", async () => {
  const cut = gzipSync("a,b\n1,2\n".repeat(1000)).subarray(0, 40);
  await expect(countRows(stream([cut]))).rejects.toMatchObject({
    name: "VerificationError",
    message:
      "its gzip data is damaged (Z_BUF_ERROR) — the file is not complete; run pulumi up again once the data has changed",
    cause: { code: "Z_BUF_ERROR" },
  });
});

test.each([
  [0x1f, 0x61],
  [0x61, 0x8b],
])("a file that begins with the bytes %i and %i is not zipped", async (...start) => {
  expect(await countRows(stream([Buffer.from([...start, 0x0a, 0x31, 0x0a])]))).toMatchObject({ rows: 1 });
});

test.each([
  ["at once", [], "ECONNRESET"],
  ["after a byte", [Buffer.of(0x61)], undefined],
  ["inside a plain file", [Buffer.from("a\n1")], 7],
])("a stream that breaks %s fails with its own error", async (_, pieces, code) => {
  const error = Object.assign(new Error("connection reset"), { code });
  const broken = stream(
    (async function* () {
      yield* pieces;
      await Promise.resolve();
      throw error;
    })(),
  );
  await expect(countRows(broken)).rejects.toBe(error);
});

test("a stream that breaks fails", async () => {
  const broken = stream(
    (async function* () {
      yield gzipSync("a\n1\n").subarray(0, 12);
      await Promise.resolve();
      throw new Error("connection reset");
    })(),
  );
  await expect(countRows(broken)).rejects.toThrow("connection reset");
});

test("any table in any pieces has as many records as it has rows", () => {
  const cell = fc.string({ unit: fc.constantFrom('"', "\n", "\r", ",", "a", "é", " ") });
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 20 });
  fc.assert(
    fc.property(table, fc.integer({ min: 1, max: 9 }), (rows, size) => {
      const line = (cells: string[]) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(",");
      const bytes = Buffer.from(rows.map(line).join("\r\n"));
      const counter = createRowCounter();
      for (let at = 0; at < bytes.length; at += size) counter.feed(bytes.subarray(at, at + size));
      expect(counter.records()).toBe(rows.length);
    }),
  );
});
