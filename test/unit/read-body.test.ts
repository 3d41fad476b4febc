import { expect, test } from "vitest";
import { readBody, type Body } from "../../provider/domo/read-body";

const MIB = 1024 * 1024;

async function* bytesOf(pieces: readonly (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece));
}

const whole = (...pieces: (string | Buffer)[]): Promise<Body> =>
  readBody(bytesOf(pieces), { hide: (value) => ({ clean: value }) });
const byEntry = (...pieces: (string | Buffer)[]): Promise<Body> =>
  readBody(bytesOf(pieces), { hide: (value) => ({ clean: value }), keep: (entry) => [entry] });

test("JSON that comes in pieces is one value, and cleaned as a whole", async () => {
  expect(await whole('{"a":', "1}")).toEqual({ kind: "json", value: { clean: { a: 1 } } });
  expect(await whole("[1,", "2]")).toEqual({ kind: "json", value: { clean: [1, 2] } });
});

test("of a long list, each entry is shortened and cleaned; an answer that is no list is cleaned as a whole", async () => {
  const list = { kind: "json", value: [{ clean: [1] }, { clean: [2] }] };
  expect(await byEntry("[1,", "2]")).toEqual(list);
  expect(await byEntry(" \n", "\t[1,", "2] ")).toEqual(list);
  expect(await byEntry("[]")).toEqual({ kind: "json", value: [] });
  expect(await byEntry('{"a":', "[1]}")).toEqual({ kind: "json", value: { clean: { a: [1] } } });
});

test.each(["[1,", "[1,]", "[1}", "[1] 2", '{"a":', ' {"a" 1}'])(
  "%j is JSON that breaks off or is broken",
  async (text) => {
    expect(await byEntry(text)).toEqual({ kind: "broken" });
    expect(await whole(text)).toEqual({ kind: "broken" });
  },
);

test.each([
  [" \n<html>", "html"],
  ["<h1>1</h1>", "html"],
  ["", "other"],
  ["no [list]", "other"],
  ["no <page>", "other"],
])("%j is no JSON: %s", async (text, kind) => {
  expect(await byEntry(text)).toEqual({ kind });
  expect(await whole(text)).toEqual({ kind });
});

test("16 MiB are read, one byte more is too much; a list may have more", async () => {
  const blanks = Buffer.alloc(16 * MIB - 1, " ");
  expect(await whole(blanks, "1")).toEqual({ kind: "json", value: { clean: 1 } });
  const tooLarge = { kind: "too-large", maxBytes: 16 * MIB, isList: false };
  expect(await whole(blanks, "1", " ")).toEqual(tooLarge);
  expect(await byEntry(blanks, "  ")).toEqual(tooLarge);
  expect(await byEntry("[1", blanks, "]")).toEqual({ kind: "json", value: [{ clean: [1] }] });
});

test("a list of more than 256 MiB is too much, and its rest is not read", async () => {
  const text = Buffer.alloc(16 * MIB, "x");
  let read = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from('["'));
    for (;;) {
      read++;
      yield text;
    }
  }
  const body = await readBody(endless(), { hide: (value) => value, keep: (entry) => entry });
  expect(body).toEqual({ kind: "too-large", maxBytes: 256 * MIB, isList: true });
  expect(read).toBe(16);
});
