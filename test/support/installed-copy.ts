import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";

/** Options of {@link installedCopy}. */
export interface InstalledCopyOptions {
  /** Folder `node_modules` that the other packages are linked from. @default this project's */
  readonly from?: string;
  /** Packages that this package gets a second copy of, as npm makes one when versions differ. */
  readonly seconds?: readonly string[];
}

/** A folder in which this package is installed by copying, as npm does: what it requires is looked up from there. */
export function installedCopy({ from, seconds = [] }: InstalledCopyOptions = {}): string {
  const source = from ?? join(projectRoot, "node_modules");
  const folder = join(realpathSync(mkdtempSync(join(tmpdir(), "domo-installed-"))), "program");
  const modules = join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  for (const name of packagesOf(source)) {
    if (name === "pulumi-domo-s3-export") continue;
    if (name.includes("/")) mkdirSync(join(modules, name.split("/")[0]!), { recursive: true });
    if (seconds.includes(name)) cpSync(join(source, name), join(modules, name), { recursive: true });
    else symlinkSync(realpathSync(join(source, name)), join(modules, name));
  }
  const own = join(modules, "pulumi-domo-s3-export");
  for (const part of ["dist/provider", "dist/cli", "dist/plugin", "plugin", "package.json"])
    cpSync(join(projectRoot, part), join(own, part), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "program", private: true, main: "index.js" }));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: program\nruntime: nodejs\n");
  return folder;
}

function packagesOf(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : name,
    );
}
