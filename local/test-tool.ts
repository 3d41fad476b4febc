import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installOnce } from "./cache";
import { buildGoCommand, type GoCommand } from "./go-build";
import { cacheDir, projectRoot } from "./paths";
import type { Progress } from "./progress";

/** A Go command that only tests use. */
export interface TestTool extends Omit<GoCommand, "moduleFolder"> {
  /** Folder below `local/` with its `go.mod` and `go.sum`; also the executable's name. */
  readonly folder: string;
}

/** Builds a tool into the cache, unless it is there, and returns its path. */
export async function installTestTool(tool: TestTool, progress: Progress): Promise<string> {
  const moduleFolder = join(projectRoot, "local", tool.folder);
  const sums = readFileSync(join(moduleFolder, "go.sum"));
  const target = join(cacheDir, `${tool.folder}-${createHash("sha256").update(sums).digest("hex").slice(0, 12)}`);
  await installOnce(target, (folder) =>
    buildGoCommand({ ...tool, moduleFolder }, { output: join(folder, tool.folder), progress }),
  );
  return join(target, tool.folder);
}
