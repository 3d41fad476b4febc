import fc from "fast-check";
import { expect, test } from "vitest";
import { shown, shownLines } from "../../cli/shown";

test.each([
  ["a control", "\u001b[2J", "\\u001b[2J"],
  ["a line break", "a\nb", "a\\u000ab"],
  ["a direction", "a\u202eb", "a\\u202eb"],
  ["a joiner", "We\u200dst", "We\\u200dst"],
  ["a non-joiner", "We\u200cst", "We\\u200cst"],
  ["a word joiner", "We\u2060st", "We\\u2060st"],
  ["a variation selector", "West\ufe0f", "West\\ufe0f"],
  ["a supplementary variation selector", "x\u{e0100}", "x\\udb40\\udd00"],
  ["a tag", "x\u{e0041}", "x\\udb40\\udc41"],
  ["a Hangul filler", "a\u3164b", "a\\u3164b"],
  ["a half-width Hangul filler", "a\uffa0b", "a\\uffa0b"],
  ["a no-break space", "a\u00a0b", "a\\u00a0b"],
  ["an ideographic space", "a\u3000b", "a\\u3000b"],
  ["a thin space", "a\u2009b", "a\\u2009b"],
  ["an empty Braille pattern", "a\u2800b", "a\\u2800b"],
  ["a soft hyphen", "We\u00adst", "We\\u00adst"],
  ["a private character", "a\ue000b", "a\\ue000b"],
  ["half of a surrogate", "a\ud800b", "a\\ud800b"],
  ["a usual space", "a b", "a b"],
  ["letters of one script", "Größe Область 日付 مبلغ", "Größe Область 日付 مبلغ"],
  ["Japanese, which has three scripts", "日付データ", "日付データ"],
  ["Latin next to Han", "A株", "A株"],
  ["a Cyrillic letter in a Latin word", "'W\u0435st'", "'W\u0435st⟨\u0435 is Cyrillic U+0435⟩'"],
  ["a Greek letter in a Latin word", "S\u03bfld", "S\u03bfld⟨\u03bf is Greek U+03BF⟩"],
  ["a Latin letter in a Cyrillic word", "Обл\u0061сть", "Обл\u0061сть⟨\u0061 is Latin U+0061⟩"],
  ["a mathematical letter", "\u{1d5b6}est", "\u{1d5b6}est⟨\u{1d5b6} is mathematical U+1D5B6⟩"],
  ["two words of two scripts", "West Запад", "West Запад"],
  ["words of two scripts that an underscore joins", "a_ж", "a_ж⟨ж is Cyrillic U+0436⟩"],
])("%s", (_, text, expected) => {
  expect(shown(text)).toBe(expected);
});

test("what is shown is on one line, of visible characters, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(shown(text)).not.toMatch(
        /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u,
      );
    }),
    { numRuns: 2000 },
  );
});

test("plain ASCII stays as it is, and lines stay lines", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) }),
      (text) => {
        expect(shown(text)).toBe(text);
      },
    ),
  );
  expect(shownLines("a\n\tb")).toBe("a\n\\u0009b");
});
