import { lackSentence, type Lack } from "../../lacks";

/** A fault in the user's SQL text. Nothing else that the reader throws is one. */
export class SqlFault extends Error {
  override name = "SqlFault";
  constructor(
    /** Where in the text it stands, from 0. */
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** The fault of asking for something that Domo's query language does not have. */
export function lackFault(offset: number, lack: Lack, hint = ""): SqlFault {
  return new SqlFault(offset, lackSentence(lack) + hint);
}

/** The line and column, both from 1, of a place in a text. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
