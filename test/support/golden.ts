import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { projectRoot } from "../../local/paths";

/**
 * A text without what differs from run to run: ids and digests, times, durations, versions, and the spaces of columns that
 * are as wide as those.
 */
function steady(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b/g, "<id>")
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(Z| UTC)/g, "<time>")
    .replace(/\b[\d.]+ s\b/g, "<duration>")
    .replace(/\b\d+\.\d+\.\d+\b/g, "<version>")
    .replace(/ +/g, " ");
}

/** Holds an output of a real run to a golden file, which a page shows. The file changes when something lasting differs. */
export async function expectOutput(text: string, file: string): Promise<void> {
  const path = join(projectRoot, file);
  const last = existsSync(path) ? readFileSync(path, "utf8") : "";
  await expect(steady(text) === steady(last) ? last : text).toMatchFileSnapshot(path);
}
