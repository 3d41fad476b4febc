import { existsSync } from "node:fs";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import { projectRoot } from "../local/paths";
import { importGraph, reachable, sourcesBelow } from "./import-graph";

/** Which tests: of which folders of `test/`, and whether those that start a server or those that don't. */
export interface Tests {
  readonly folders: readonly string[];
  readonly servers: boolean;
}

/** Folders of tests that run in vitest's own process. Others start `dist`. */
const folders = ["unit", "query", "policy", "docs", "http", "security", "lifecycle"];
/** Quick tests, then those with servers. */
export const stages: readonly Tests[] = [
  { folders, servers: false },
  { folders, servers: true },
];
const servers = ["local/moto.ts", "local/minio.ts"];

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

/** The test files that import one of the files, directly or through others. */
export function testsOf(files: Iterable<string>, { folders, servers: wanted }: Tests): string[] {
  const graph = importGraph(["provider", "policy", "plugin", "cli", "emulator", "local", "examples", "bench", "test"]);
  const sources = [...files];
  const tests = folders.flatMap((name) => sourcesBelow(`test/${name}`)).filter((file) => file.endsWith(".test.ts"));
  return tests.filter((test) => {
    const imported = reachable(graph, [test]);
    return sources.some((file) => imported.has(file)) && servers.some((file) => imported.has(file)) === wanted;
  });
}
