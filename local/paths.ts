import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of the checkout: these files run both as `local/*.ts` and as `dist/local/*.js`. */
export const projectRoot = findRoot(__dirname);

/** Where engine, moto and everything else that is slow to get is kept. Ignored by git; safe to delete. */
export const cacheDir = join(projectRoot, ".cache");

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No package.json above "${__dirname}"`);
  return findRoot(parent);
}
