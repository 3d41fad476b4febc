import fc from "fast-check";
import { expect, test } from "vitest";
import { createEntryReader } from "../../provider/domo/json-entries";

/** Reads a text in pieces that end at the given shares of its bytes. */
function readInPieces(text: string, cuts: readonly number[]): { entries: unknown[]; closed: boolean; fits: boolean } {
  const bytes = Buffer.from(text);
  const entries: unknown[] = [];
  const reader = createEntryReader((entry) => entries.push(entry));
  const ends = [...cuts.map((share) => Math.floor(share * bytes.length)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  const fits = ends.every((end) => {
    const piece = bytes.subarray(from, end);
    from = end;
    return reader.push(piece);
  });
  return { entries, closed: reader.closed, fits };
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
const blank = fc.constantFrom("", " ", "\n\t", "\r\n  ");
const list = fc.array(fc.jsonValue(), { maxLength: 8 });

test("any array, however it is written and wherever its bytes are cut, gives what JSON.parse gives", () => {
  fc.assert(
    fc.property(list, fc.constantFrom(undefined, 1, "\t"), blank, blank, cuts, (array, indent, before, after, at) => {
      const text = before + JSON.stringify(array, null, indent) + after;
      expect(readInPieces(text, at)).toEqual({ entries: JSON.parse(text) as unknown, closed: true, fits: true });
    }),
    { numRuns: 2_000 },
  );
});

test("an array that breaks off, wherever, is never taken for a whole one", () => {
  fc.assert(
    fc.property(list, cuts, fc.double({ min: 0, max: 1, noNaN: true }), (array, at, share) => {
      const text = JSON.stringify(array);
      const { closed } = readInPieces(text.slice(0, Math.floor(share * text.length)), at);
      expect(closed).toBe(share === 1);
    }),
    { numRuns: 2_000 },
  );
});

test.each(["1]", "[1}", "[1,]", "[,1]", "[{]}", "[1] 2", "[1][2]", "{}", "[01]", '["a" "b"]', '["\n"]'])(
  "%j is no JSON array, and is not read as one",
  (text) => {
    expect(readInPieces(text, [])).toMatchObject({ fits: false });
  },
);

test.each(["[]", " [ ] ", "[\n]"])("%j has no entries", (text) => {
  expect(readInPieces(text, [])).toEqual({ entries: [], closed: true, fits: true });
});
