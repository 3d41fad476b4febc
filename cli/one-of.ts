import { InvalidArgumentError } from "commander";
import { nearest } from "../provider/query/check/suggest";

/** The word of an option that takes one of a few; another one is refused with the nearest and the list. */
export function oneOf<Word extends string>(word: string, words: readonly Word[], kind: string): Word {
  const found = words.find((known) => known === word);
  if (found !== undefined) return found;
  const guess = nearest(word, words);
  const list = words.map((known) => `"${known}"`).join(", ");
  throw new InvalidArgumentError(
    `"${word}" is not ${kind}${guess ? `; did you mean "${guess}"?` : "."} Known: ${list}.`,
  );
}
