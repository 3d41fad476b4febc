import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** The newest `@pulumi/pulumi` that runs with Node 20. */
export const SDK_OF_NODE_20 = "3.248.0";

/** Whether a version of Node is older than what newer versions of the SDK need. */
export function isNode20(node: string): boolean {
  return !isAtLeast(node, "22.0.0");
}

/** A package as Node finds it. */
export interface Installed {
  readonly version: string;
  /** Real folder, so that two links to one copy are one. */
  readonly folder: string;
}

/** Finds a package as a file in `from` would; the manifest is read as a file, as not every package exports it. */
export function installed(from: string, name: string): Installed | undefined {
  const folder = join(from, "node_modules", name);
  const manifest = join(folder, "package.json");
  if (existsSync(manifest)) {
    const { version = "unknown" } = JSON.parse(readFileSync(manifest, "utf8")) as { version?: string };
    return { version, folder: realpathSync(folder) };
  }
  const parent = dirname(from);
  return parent === from ? undefined : installed(parent, name);
}

/** Whether a version is at least another one. What follows a hyphen is not looked at. */
export function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) =>
    text
      .replace(/^v|[-+].*$/g, "")
      .split(".")
      .map(Number),
  );
  for (let at = 0; at < 3; at++) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
