import { join } from "node:path";
import { projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";

/** Packs this package into the folder, as `npm publish` would: the archive, and the paths of the files in it. */
export async function packInto(folder: string): Promise<{ archive: string; files: string[] }> {
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout } = await runChecked("npm", args, { cwd: projectRoot });
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { archive: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}
