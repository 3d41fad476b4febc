/** The words of a column's name in lower case without accents: `customerSSN`, `Customer-Ssn` and `CUSTOMER_SSN` are alike. */
function wordsOf(name: string): string[] {
  return (
    name
      .replace(/ß/g, "ss")
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|[\p{Lo}\p{Lm}]+|\d+/gu) ?? []
  ).map((word) => word.toLowerCase());
}

/**
 * Whether whole words of the name, one or several in a row, are the term, with or without the `s` of a plural. Blanks do
 * not count (`birthdate` is `birth date`), and parts of words never match: there is no `ssn` in `Classname`.
 */
export function namesTerm(name: string, term: string): boolean {
  const words = wordsOf(name);
  const wanted = wordsOf(term).join("");
  return words.some((_, start) => {
    let run = "";
    for (const word of words.slice(start)) {
      run += word;
      if (run === wanted || run === `${wanted}s`) return wanted !== "";
      if (run.length > wanted.length) return false;
    }
    return false;
  });
}
