import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { paintWith } from "../../cli/colors";
import { drawTable, hanging, widthOf, wrap } from "../../cli/columns";
import { shown } from "../../cli/shown";

const text = fc.string({ unit: "grapheme", maxLength: 60 }).map(shown);

test.each([
  ["abc", 3],
  ["日付", 4],
  ["ｶﾅ", 2],
  ["é", 1],
  ["e\u0301", 1],
  ["한국", 4],
  ["🙂", 2],
  ["⟨x⟩", 3],
])("%s takes %i columns", (word, columns) => {
  expect(widthOf(word)).toBe(columns);
});

test("a text breaks at spaces, and a word longer than a line behind a hyphen or a slash", () => {
  expect(wrap("one two three", 8)).toEqual(["one two", "three"]);
  expect(wrap("5b1f7c0e-4d7a-4c83", 15)).toEqual(["5b1f7c0e-4d7a-", "4c83"]);
  expect(wrap("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  expect(wrap("FIN-231 is a reason", 12)).toEqual(["FIN-231 is a", "reason"]);
  expect(wrap("", 4)).toEqual([""]);
});

test("no line is wider than asked for, and nothing but spaces is lost", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (words, width) => {
      const lines = wrap(words, width);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      expect(lines.join("").replaceAll(" ", "")).toBe(words.replaceAll(" ", ""));
    }),
    { numRuns: 2000 },
  );
});

test("a label is painted after it is measured, and further lines stand below the text", () => {
  expect(hanging("Rows  ", "a b", 26)).toEqual(["Rows  a b"]);
  expect(hanging("R ", "aaaa bbbb cccc dddd eeee", 22, paintWith(true).dim)).toEqual([
    "\u001b[2mR \u001b[22maaaa bbbb cccc dddd",
    "  eeee",
  ]);
});

test("a table of any texts has lines of one width, at most the terminal's, with colours and without", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(60, 80, 120),
      fc.boolean(),
      (rows, width, colors) => {
        const paint = paintWith(colors);
        const drawn = drawTable(
          rows.map((cells) => cells.map((cell) => ({ text: cell, paint: paint.bold }))),
          { width, paint },
        );
        const widths = new Set(drawn.split("\n").map((line) => widthOf(stripVTControlCharacters(line))));
        expect(widths.size).toBe(1);
        expect([...widths][0]).toBeLessThanOrEqual(width);
        if (!colors) expect(drawn).toBe(stripVTControlCharacters(drawn));
      },
    ),
    { numRuns: 500 },
  );
});
