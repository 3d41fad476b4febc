/**
 * Characters that a reader doesn't see, or that show the text in another order or on another line: controls, format
 * characters, joiners, variation selectors, fillers, lone surrogates, private characters, and every space but the usual one.
 */
const UNSEEN = /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const WORD = /[\p{L}\p{M}\p{N}_]+/gu;
/** Scripts with letters that look like letters of another of these. */
const SCRIPTS = [
  "Latin",
  "Cyrillic",
  "Greek",
  "Armenian",
  "Cherokee",
  "Coptic",
  "Georgian",
  "Lisu",
  "Hebrew",
  "Arabic",
];
const FORMS = SCRIPTS.map((name) => [name, new RegExp(`\\p{Script=${name}}`, "u")] as const);
/** Letters of mathematics, such as 𝖶, which a font may draw like plain ones. */
const MATHEMATICAL = /[\u{1d400}-\u{1d7ff}]/u;

/**
 * A text as a report shows it: on one line, each unseen character spelled out as `\uXXXX`, and a word of mixed scripts
 * followed by its odd letters: `Wеst⟨е is Cyrillic U+0435⟩`.
 */
export function shown(text: string): string {
  return text.replace(UNSEEN, spelledOut).replace(WORD, (word) => word + oddLetters(word));
}

/** As {@link shown} for a text of several lines. */
export function shownLines(text: string): string {
  return text.split("\n").map(shown).join("\n");
}

function spelledOut(char: string): string {
  return Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`).join(
    "",
  );
}

function oddLetters(word: string): string {
  // Most words are plain ASCII, and a report has many.
  if (/^\w*$/.test(word)) return "";
  const letters = [...word].flatMap((letter) => {
    const script = scriptOf(letter);
    return script === undefined ? [] : [{ letter, script }];
  });
  const counts = new Map<string, number>();
  for (const { script } of letters) counts.set(script, (counts.get(script) ?? 0) + 1);
  if (counts.size < 2) return "";
  const [main] = [...counts].reduce((most, next) => (next[1] > most[1] ? next : most));
  const odd = new Map(letters.filter(({ script }) => script !== main).map(({ letter, script }) => [letter, script]));
  const list = [...odd].map(([letter, script]) => `${letter} is ${script} U+${codeOf(letter)}`);
  return `⟨${list.slice(0, 3).join(", ")}${list.length > 3 ? ", …" : ""}⟩`;
}

function scriptOf(letter: string): string | undefined {
  if (MATHEMATICAL.test(letter)) return "mathematical";
  return FORMS.find(([, form]) => form.test(letter))?.[0];
}

function codeOf(letter: string): string {
  return letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
}
