import type { Report } from "./fault";

/** Reads SQL text. */
export function parseSql(_text: string, report: Report): unknown {
  return report("query", "SQL is not read yet");
}
