import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";

/** What an installed package takes, with what it brings along inside itself. */
export interface InstalledPackage {
  readonly name: string;
  readonly bytes: number;
}

/** What this package adds to a project that has Pulumi's SDK. */
export interface InstallCost {
  readonly bytes: number;
  readonly packages: number;
  /** Of one installation. */
  readonly seconds: number;
  /** Size of the packed package itself. */
  readonly tarballBytes: number;
  /** What was added, the largest first. */
  readonly added: readonly InstalledPackage[];
}

/**
 * Packs what is built, and installs it into a fresh project that has the SDK. `timed` does it once more, when npm's cache
 * holds all packages; otherwise `seconds` is of an installation that may have downloaded some.
 */
export async function measureInstall({ timed }: { timed: boolean }): Promise<InstallCost> {
  const folder = mkdtempSync(join(tmpdir(), "install-cost-"));
  try {
    const tarball = await pack(folder);
    const project = join(folder, "project");
    writeProject(project);
    const { version } = readJson(join(projectRoot, "node_modules/@pulumi/pulumi/package.json")) as { version: string };
    await install(project, `@pulumi/pulumi@${version}`);
    const again = join(folder, "again");
    if (timed) cpSync(project, again, { recursive: true });
    const before = packagesOf(project);
    const first = await install(project, tarball);
    const seconds = timed ? await install(again, tarball) : first;
    const after = packagesOf(project);
    const added = [...after].flatMap(([name, bytes]) => (before.has(name) ? [] : [{ name, bytes }]));
    return {
      bytes: total(after) - total(before),
      packages: after.size - before.size,
      seconds,
      tarballBytes: lstatSync(tarball).size,
      added: added.sort((a, b) => b.bytes - a.bytes),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pack(folder: string): Promise<string> {
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout } = await runChecked("npm", args, { cwd: projectRoot });
  const [packed] = JSON.parse(stdout) as [{ filename: string }];
  return join(folder, packed.filename);
}

function writeProject(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true }));
}

async function install(cwd: string, what: string): Promise<number> {
  const start = performance.now();
  await runChecked("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", what], { cwd });
  return (performance.now() - start) / 1000;
}

/** Bytes of each installed package by its path below `node_modules`, without packages nested in it. */
function packagesOf(project: string): Map<string, number> {
  const root = join(project, "node_modules");
  const { packages } = readJson(join(root, ".package-lock.json")) as { packages: Record<string, unknown> };
  const paths = Object.keys(packages);
  return new Map(paths.map((path) => [path.replace("node_modules/", ""), bytesBelow(join(project, path))]));
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === "node_modules") return sum;
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesBelow(path) : lstatSync(path).size);
  }, 0);
}

function total(packages: ReadonlyMap<string, number>): number {
  return [...packages.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
