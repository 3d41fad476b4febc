import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";

/** The options under `runtime:` in `Pulumi.yaml`. */
export interface RuntimeOptions {
  readonly typescript?: boolean;
  readonly tsconfig?: string;
  readonly nodeargs?: string;
}

/** What a project's file says; nothing of it is checked. */
export interface ProjectFile {
  readonly name?: string;
  readonly runtime: { readonly name?: string; readonly options?: RuntimeOptions };
  readonly main?: string;
  readonly stackConfigDir?: string;
  readonly packages?: Readonly<Record<string, unknown>>;
}

/** Path of the project's file in a folder, if it is the folder of a project. */
export function projectFileIn(folder: string): string | undefined {
  return ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find((path) => existsSync(path));
}

/** Whether a folder is the folder of a project. */
export function isProject(folder: string): boolean {
  return projectFileIn(folder) !== undefined;
}

/** Reads a project's file. */
export function readProjectFile(path: string): ProjectFile {
  const { runtime, ...file } = (parseDocument(readFileSync(path, "utf8")).toJS() ?? {}) as Omit<
    ProjectFile,
    "runtime"
  > & {
    readonly runtime?: string | ProjectFile["runtime"];
  };
  return { ...file, runtime: typeof runtime === "string" ? { name: runtime } : (runtime ?? {}) };
}
