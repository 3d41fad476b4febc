import type { Report } from "./fault";

/** Tells whether an object looks like Domo's JSON. */
export function isDomoJson(_input: object): boolean {
  return false;
}

/** Reads Domo's JSON. */
export function fromDomo(_input: object, report: Report): unknown {
  return report("query", "Domo's JSON is not read yet");
}
