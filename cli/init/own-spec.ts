import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const manifest = z.object({ name: z.string(), version: z.string() });
const hiddenLock = z.object({ packages: z.record(z.string(), z.object({ resolved: z.string().optional() })) });

/**
 * What `npm install` takes to install the running copy of this package elsewhere: its version where it came from a registry,
 * else its archive or, where that is gone, its folder. The name alone may be another's package.
 */
export function ownSpec(folder: string): string {
  const { name, version } = manifest.parse(JSON.parse(readFileSync(resolve(folder, "package.json"), "utf8")));
  const modules = dirname(folder);
  const lock = resolve(modules, ".package-lock.json");
  if (basename(modules) === "node_modules" && existsSync(lock)) {
    const { data } = hiddenLock.safeParse(JSON.parse(readFileSync(lock, "utf8")));
    const from = data?.packages[`node_modules/${name}`]?.resolved ?? "";
    if (from.startsWith("https:")) return `${name}@${version}`;
    const archive = /^file:.*\.tgz$/.test(from) ? archivePath(from, dirname(modules)) : undefined;
    if (archive !== undefined && existsSync(archive)) return JSON.stringify(archive);
  }
  // A link would bring a second copy of Pulumi's SDK.
  return `--install-links ${JSON.stringify(folder)}`;
}

function archivePath(url: string, from: string): string {
  return url.startsWith("file:/") ? fileURLToPath(url) : resolve(from, decodeURIComponent(url.slice("file:".length)));
}
