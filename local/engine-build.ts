import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildGoCommand } from "./go-build";
import { projectRoot } from "./paths";
import type { Progress } from "./progress";

const defaultFolder = join(projectRoot, "local/engine");

/** The version that a folder's `go.mod` pins. */
export function engineVersion(moduleFolder = defaultFolder): string {
  const found = /pulumi\/pkg\/v3 v(\S+)/.exec(readFileSync(join(moduleFolder, "go.mod"), "utf8"))?.[1];
  if (!found) throw new Error(`"${moduleFolder}/go.mod" names no version of github.com/pulumi/pulumi/pkg/v3`);
  return found;
}

/** Options of {@link buildEngine}. */
export interface EngineBuildOptions {
  readonly progress: Progress;
  readonly signal?: AbortSignal;
  /** Folder with the `go.mod` of another version. @default "local/engine" */
  readonly moduleFolder?: string;
}

/** Builds `pulumi` into a folder. With cold caches that takes three to six minutes on two cores. */
export function buildEngine(
  folder: string,
  { progress, signal, moduleFolder = defaultFolder }: EngineBuildOptions,
): Promise<void> {
  const version = engineVersion(moduleFolder);
  const engine = {
    name: `Pulumi ${version}`,
    purpose: "there is none on PATH; three to six minutes, once",
    moduleFolder,
    command: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${version}` },
  };
  return buildGoCommand(engine, { output: join(folder, "pulumi"), progress, signal });
}
