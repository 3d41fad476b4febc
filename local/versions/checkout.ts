import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheDir, projectRoot } from "../paths";
import { runChecked } from "../process";
import type { Progress } from "../progress";
import type { Cell } from "./cells";

/** A checkout of this project that runs with other versions. */
export interface VersionedCheckout {
  readonly folder: string;
  /** Folder of the executable `node`. */
  readonly bin: string;
}

/** What has to be as old as the SDK: later policy SDKs and compilers do not work with it. */
const ofItsTime: Readonly<Record<string, readonly string[]>> = {
  "3.200.0": ["@pulumi/policy@1.20.0", "typescript@5.9.3"],
};

/**
 * Makes a checkout below the cache: this project's files and its build, with another Node and another SDK installed. The
 * packages are those of this project but for the SDK, whose own dependencies npm chooses.
 */
export async function checkOut({ node, sdk, engine }: Cell, progress: Progress): Promise<VersionedCheckout> {
  const folder = join(cacheDir, "versions", `node-${node}-sdk-${sdk}`);
  const installed = join(folder, ".installed");
  if (!existsSync(installed)) {
    progress.say(`installing Node ${node} and @pulumi/pulumi ${sdk}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    // Hard links: npm replaces files and never writes into them.
    await runChecked("cp", ["-al", join(projectRoot, "node_modules"), join(folder, "node_modules")]);
    for (const file of ["package.json", "package-lock.json"]) cpSync(join(projectRoot, file), join(folder, file));
    const wanted = [`node@${node}`, `@pulumi/pulumi@${sdk}`, ...(ofItsTime[sdk] ?? [])];
    const quiet = ["--no-audit", "--no-fund", "--engine-strict=false", "--legacy-peer-deps", "--prefer-offline"];
    await runChecked("npm", ["install", "--no-save", "--no-package-lock", ...quiet, ...wanted], { cwd: folder });
    // Places in a program are seen from the root of the repository that it is in.
    await runChecked("git", ["init", "--quiet"], { cwd: folder });
    writeFileSync(installed, "");
  }
  await refresh(folder, engine);
  return { folder, bin: join(folder, "node_modules/node/bin") };
}

/** Brings the files of this project into the checkout, and the engine that it is to use. */
async function refresh(folder: string, engine: string): Promise<void> {
  const kept = [".installed", ".git", "node_modules", ".cache"];
  for (const name of readdirSync(folder))
    if (!kept.includes(name)) rmSync(join(folder, name), { recursive: true, force: true });
  const { stdout } = await runChecked("git", ["ls-files", "-z"], { cwd: projectRoot });
  for (const name of stdout.split("\0").filter((name) => name !== "" && existsSync(join(projectRoot, name)))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(projectRoot, name), join(folder, name));
  }
  cpSync(join(projectRoot, "dist"), join(folder, "dist"), { recursive: true });
  const oldest = join(folder, "local/engine-oldest");
  if (engine === "3.259.0") cpSync(oldest, join(folder, "local/engine"), { recursive: true });
  const cache = join(folder, ".cache");
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cacheDir)) {
    const target = join(cache, name);
    if (name === "versions" || name === "pulumi-home" || existsSync(target)) continue;
    // The scripts next to an engine name the Node that runs them, so each checkout has its own.
    if (name.startsWith("engine-")) await runChecked("cp", ["-al", join(cacheDir, name), target]);
    else symlinkSync(join(cacheDir, name), target);
  }
}
