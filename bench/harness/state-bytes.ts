import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchStack } from "./stack";

/** Bytes of state as the file backend writes them. */
export async function stateBytes({ workspace }: BenchStack): Promise<{ total: number; provider: number }> {
  const folder = join(workspace.folder, "state/.pulumi/stacks");
  const total = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
  const { resources = [] } = (await workspace.stackExport()).deployment;
  const text = resources.map(({ inputs }) => inputs?.__provider).find((found) => typeof found === "string");
  if (typeof text !== "string") throw new Error("No resource of the stack has a provider's text");
  return { total, provider: Buffer.byteLength(text) };
}
