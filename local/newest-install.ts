import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installOnce } from "./cache";
import { cacheDir, projectRoot } from "./paths";
import { runChecked } from "./process";
import { type Progress, silent } from "./progress";

/** What users install today, while this project works with the oldest that it supports. */
const newest = { "@pulumi/pulumi": "3.270.0", node: "24.21.0" };

/** Installed packages of a user, and the Node that runs them. */
export interface NewestInstall {
  /** Folder `node_modules`. */
  readonly modules: string;
  /** The executable. */
  readonly node: string;
}

/** Installs the newest Node and Pulumi SDK, with what this package depends on, into the cache, unless they are there. */
export async function installNewest(progress: Progress = silent): Promise<NewestInstall> {
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const text = JSON.stringify({ name: "newest", private: true, dependencies: { ...dependencies, ...newest } });
  const target = join(cacheDir, `newest-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`);
  await installOnce(target, async (folder) => {
    progress.say(`installing Node ${newest.node} and @pulumi/pulumi ${newest["@pulumi/pulumi"]} (about 20 s)`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), text);
    await runChecked("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--engine-strict=false"], {
      cwd: folder,
    });
  });
  const modules = join(target, "node_modules");
  return { modules, node: join(modules, "node/bin/node") };
}
