import { existsSync } from "node:fs";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import { projectRoot } from "../local/paths";
import { importGraph, reachable, sourcesBelow } from "./import-graph";

/** Folders of tests that run in vitest's own process: quick ones, then those with servers. Others start `dist`. */
export const stages = [
  ["unit", "query", "policy"],
  ["http", "security", "lifecycle"],
];

/** The files of a room of the provider (`delivery`, `diff`), of another folder (`policy`), or one file by its path. */
export function filesOf(room: string): string[] {
  const file = [room, `provider/${room}.ts`].find(
    (path) => path.endsWith(".ts") && existsSync(join(projectRoot, path)),
  );
  if (file !== undefined) return [file];
  const folder = [`provider/${room}`, room].find((path) => existsSync(join(projectRoot, path)));
  if (folder === undefined) throw new InvalidArgumentError(`There is neither a room nor a file "${room}".`);
  return sourcesBelow(folder);
}

/** The test files in some folders of `test/` that import one of the files, directly or through others. */
export function testsOf(files: Iterable<string>, folders: readonly string[]): string[] {
  const graph = importGraph(["provider", "policy", "plugin", "cli", "emulator", "local", "examples", "bench", "test"]);
  const sources = [...files];
  const tests = folders.flatMap((name) => sourcesBelow(`test/${name}`)).filter((file) => file.endsWith(".test.ts"));
  return tests.filter((test) => {
    const imported = reachable(graph, [test]);
    return sources.some((file) => imported.has(file));
  });
}
