import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import { projectRoot } from "../local/paths";

/** Which source file imports which, types and `import()` included: paths from the project's root, with `/`. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Reads the imports of all TypeScript files below the folders; `lazy`: `import()` too. Those of packages are not in it. */
export function importGraph(folders: readonly string[], { lazy } = { lazy: true }): ImportGraph {
  return new Map(folders.flatMap(sourcesBelow).map((file) => [file, importsOf(file, lazy)]));
}

/** All TypeScript files below a folder of the project. */
export function sourcesBelow(folder: string): string[] {
  const names = readdirSync(posix.join(projectRoot, folder), { recursive: true, encoding: "utf8" });
  const files = names.map((name) => `${folder}/${name.replaceAll("\\", "/")}`).filter((name) => name.endsWith(".ts"));
  return files.filter((name) => !name.includes("/node_modules/")).sort();
}

function importsOf(file: string, lazy: boolean): string[] {
  const text = readFileSync(posix.join(projectRoot, file), "utf8");
  const { importedFiles } = ts.preProcessFile(text, true, true);
  const local = importedFiles
    .filter(({ fileName }) => fileName.startsWith("."))
    .filter(({ pos }) => lazy || !/import\s*\($/.test(text.slice(0, pos).trimEnd()))
    .map(({ fileName }) => fileName);
  return [...new Set(local)].flatMap((name) => sourceOf(posix.join(posix.dirname(file), name)) ?? []);
}

function sourceOf(path: string): string | undefined {
  const stem = path.replace(/\.js$/, "");
  return [`${stem}.ts`, posix.join(stem, "index.ts")].find((file) => existsSync(posix.join(projectRoot, file)));
}

/** Files that import each other round in a circle, one list for each knot, in the order of their names. */
export function circles(graph: ImportGraph): string[][] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  // Tarjan: the answer is the earliest open file that can be reached from `file`.
  const visit = (file: string): number => {
    const own = order.size;
    order.set(file, own);
    open.push(file);
    let earliest = own;
    for (const imported of graph.get(file) ?? []) {
      if (!order.has(imported)) earliest = Math.min(earliest, visit(imported));
      else if (open.includes(imported)) earliest = Math.min(earliest, order.get(imported) ?? own);
    }
    if (earliest < own) return earliest;
    const knot = open.splice(open.indexOf(file));
    if (knot.length > 1) found.push(knot.sort());
    return own;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

/** The files themselves and all that they import, however far away. */
export function reachable(graph: ImportGraph, from: readonly string[]): ReadonlySet<string> {
  const seen = new Set(from);
  // A set's loop also visits what is added on the way.
  for (const file of seen) for (const imported of graph.get(file) ?? []) seen.add(imported);
  return seen;
}
