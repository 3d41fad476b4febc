import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildGoCommand } from "./go-build";
import { projectRoot } from "./paths";
import type { Progress } from "./progress";

const moduleFolder = join(projectRoot, "local/engine");

/** The version that `local/engine/go.mod` pins. */
export function engineVersion(): string {
  const found = /pulumi\/pkg\/v3 v(\S+)/.exec(readFileSync(join(moduleFolder, "go.mod"), "utf8"))?.[1];
  if (!found) throw new Error(`"${moduleFolder}/go.mod" names no version of github.com/pulumi/pulumi/pkg/v3`);
  return found;
}

/** Builds `pulumi` into a folder. With cold caches that takes three to six minutes on two cores. */
export function buildEngine(folder: string, progress: Progress, signal?: AbortSignal): Promise<void> {
  const engine = {
    name: `Pulumi ${engineVersion()}`,
    purpose: "there is none on PATH; three to six minutes, once",
    moduleFolder,
    command: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${engineVersion()}` },
  };
  return buildGoCommand(engine, { output: join(folder, "pulumi"), progress, signal });
}
