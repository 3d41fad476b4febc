import { InvalidArgumentError, Option } from "commander";

/** The option that keeps a text below the limit of a host: GitHub takes 65,536 characters in a comment or an issue. */
export function limitOption(text: string): Option {
  return new Option("--limit <characters>", text).argParser(readLimit);
}

function readLimit(given: string): number {
  if (/^\d{4,7}$/.test(given) && Number(given) >= 2000) return Number(given);
  throw new InvalidArgumentError("It is a whole number from 2000.");
}
