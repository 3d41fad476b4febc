import { realpathSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { DeclaredResource } from "./offline-engine";

/** This package's own folder: its class is the innermost place of every declaration. */
const ownFolder = dirname(dirname(realpathSync(require.resolve("../../provider/domo-s3-export"))));

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
  // Source maps lead from dist/provider to provider.
  return [ownFolder, dirname(ownFolder)].some((folder) => path.startsWith(`${folder}${sep}provider${sep}`));
}
