import { existsSync, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { installOnce, writeScript } from "./cache";
import { buildEngine, engineVersion } from "./engine-build";
import { cacheDir, projectRoot } from "./paths";
import { runChecked } from "./process";
import { type Progress, silent } from "./progress";

/** A Pulumi command line that can run Node programs. */
export interface Engine {
  /** The folder of `pulumi` and its language host: first on PATH for every run. */
  readonly folder: string;
  readonly version: string;
  /** Said to people: where it came from. */
  readonly origin: string;
}

const oldestMinor = 200;
/** How {@link findEngine} reports, and by what it is interrupted. */
export interface InstallOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** With the official installer within reach, an answer takes a fraction of this. */
const probeTimeout = 5_000;
const installTimeout = 5 * 60_000;

/**
 * Finds Pulumi or makes one, in this order: the user's own on PATH, the project's cache, the official installer,
 * built from Go modules. Only the last way needs a stand-in for the language host `pulumi-language-nodejs`, because
 * its Go module is not published; in the other three the official one runs, and nothing else differs.
 */
export async function findEngine({ progress = silent, signal }: InstallOptions = {}): Promise<Engine> {
  const installRoot = join(cacheDir, "pulumi");
  const built = join(cacheDir, `engine-${engineVersion()}`);
  return (
    (await engineOnPath()) ??
    (await engineIn(join(installRoot, "bin"), "official release, in the project's cache")) ??
    (existsSync(built) ? await builtEngine(built) : undefined) ??
    (await installOfficial(installRoot, progress)) ??
    (await installOnce(built, (folder) => buildEngine(folder, { progress, signal })).then(() => builtEngine(built)))
  );
}

async function engineOnPath(): Promise<Engine | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const command = join(folder, "pulumi");
    // A shell that exported the demo's environment has the cache on PATH: that is not the user's own.
    if (folder === "" || folder.startsWith(cacheDir) || !existsSync(command)) continue;
    const engine = await engineIn(dirname(realpathSync(command)), `"${command}" on PATH`);
    if (engine) return engine;
  }
  return undefined;
}

/** The engine of a folder, if it is new enough and has its language host beside it. */
async function engineIn(folder: string, origin: string): Promise<Engine | undefined> {
  if (!existsSync(join(folder, "pulumi")) || !existsSync(join(folder, "pulumi-language-nodejs"))) return undefined;
  const version = await versionOf(folder).catch(() => "");
  const [major, minor] = version.split(".").map(Number);
  return major === 3 && (minor ?? 0) >= oldestMinor ? { folder, version, origin } : undefined;
}

async function versionOf(folder: string): Promise<string> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" };
  return (await runChecked(join(folder, "pulumi"), ["version"], { env })).stdout.trim().replace(/^v/, "");
}

async function installOfficial(root: string, progress: Progress): Promise<Engine | undefined> {
  try {
    progress.say("asking for the official Pulumi release");
    await fetch("https://get.pulumi.com/install.sh", { method: "HEAD", signal: AbortSignal.timeout(probeTimeout) });
    progress.say("installing the official Pulumi release into the project's cache (about 100 MB)");
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    await withTimeout(PulumiCommand.install({ root }), installTimeout);
  } catch (error) {
    const { cause, message } = error as Error;
    progress.say(`the official release is out of reach: ${cause instanceof Error ? cause.message : message}`);
  }
  return engineIn(join(root, "bin"), "official release, just installed into the project's cache");
}

/** Puts the two files beside a built engine that the official bundle ships with it. */
async function builtEngine(folder: string): Promise<Engine> {
  const provider = "pulumi-resource-pulumi-nodejs";
  const sdk = dirname(createRequire(__filename).resolve("@pulumi/pulumi/package.json"));
  await writeScript(join(folder, provider), await readFile(join(sdk, provider), "utf8"));
  const host = join(projectRoot, "dist/local/language-host.js");
  await writeScript(join(folder, "pulumi-language-nodejs"), nodeScript(host));
  const origin = "built from Pulumi's Go modules, with a stand-in for its Node language host";
  return { folder, version: await versionOf(folder), origin };
}

/** A shell script that becomes a compiled file of this project. */
export function nodeScript(file: string, node = process.execPath): string {
  return `#!/bin/sh\nexec "${node}" "${file}" "$@"\n`;
}

function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
