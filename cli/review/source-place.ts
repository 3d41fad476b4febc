import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { DeclaredResource } from "./offline-engine";

/** Folder of this package, built; its class is the innermost place of every declaration. Source maps lead to its parent. */
const ownFolder = dirname(dirname(__dirname));

/**
 * The place in the program where a resource is declared, relative to `root`: the innermost one that is neither in an
 * installed package nor in this one. Undefined when there is none, as in a program that lies elsewhere.
 */
export function sourceOf({ frames }: DeclaredResource, root: string): { file: string; line: number } | undefined {
  for (const { uri, line } of frames) {
    if (!uri.startsWith("file:")) continue;
    const path = fileURLToPath(uri);
    const file = relative(root, path).split(sep).join("/");
    const installed = /(^|\/)node_modules\//.test(file) || file.startsWith("../");
    if (!installed && !isOwn(path)) return { file, line };
  }
  return undefined;
}

function isOwn(path: string): boolean {
  return [ownFolder, dirname(ownFolder)].some((folder) => path.startsWith(`${folder}${sep}provider${sep}`));
}
