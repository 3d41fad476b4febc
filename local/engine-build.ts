import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./paths";
import { runChecked } from "./process";
import type { Progress } from "./progress";

const moduleFolder = join(projectRoot, "local/engine");
const command = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The version that `local/engine/go.mod` pins. */
export function engineVersion(): string {
  const found = /pulumi\/pkg\/v3 v(\S+)/.exec(readFileSync(join(moduleFolder, "go.mod"), "utf8"))?.[1];
  if (!found) throw new Error(`"${moduleFolder}/go.mod" names no version of github.com/pulumi/pulumi/pkg/v3`);
  return found;
}

/** Builds `pulumi` into a folder. With cold caches that takes three to six minutes on two cores. */
export async function buildEngine(folder: string, progress: Progress, signal?: AbortSignal): Promise<void> {
  progress.say(`building Pulumi ${engineVersion()} from its Go modules: three to six minutes, once`);
  const started = Date.now();
  const elapsed = () => clock(Date.now() - started);
  // Without cgo the build needs no C compiler, as Pulumi's own releases.
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  const go = (args: readonly string[], onOutput?: (text: string) => void) =>
    runChecked("go", args, { cwd: moduleFolder, env, onOutput, signal }).catch(explainMissingGo);

  let downloads = 0;
  const listed = await go(["list", "-deps", command], (text) => {
    const found = text.match(/^go: downloading /gm)?.length ?? 0;
    downloads += found;
    if (found > 0) progress.tick(`downloading Go modules: ${downloads}, ${elapsed()}`);
  });
  const total = listed.stdout.trim().split("\n").length;

  let compiled = 0;
  const tick = () => progress.tick(`compiling: ${compiled} of ${total} packages, ${elapsed()}`);
  const timer = setInterval(tick, 1000);
  try {
    const linking = `-ldflags=-s -w -X ${versionVariable}=v${engineVersion()}`;
    await go(["build", "-v", "-o", join(folder, "pulumi"), linking, command], (text) => {
      compiled += text.match(/^\S+$/gm)?.length ?? 0;
    });
  } finally {
    clearInterval(timer);
  }
  progress.say(`built Pulumi ${engineVersion()} in ${elapsed()}`);
}

function explainMissingGo(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  throw new Error("There is no Pulumi on PATH, and building it needs Go 1.21 or newer (https://go.dev/dl)", {
    cause: error,
  });
}

function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
