import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";

/** What decides which versions a project needs. */
export interface ProjectKind {
  /** Whether its program is Node's; one without a `Pulumi.yaml` is taken for it. */
  readonly isNode: boolean;
  /** Whether it uses the plugin, rather than the dynamic resource. */
  readonly usesPlugin: boolean;
}

interface ProjectFile {
  readonly runtime?: string | { readonly name?: string };
  readonly packages?: Readonly<Record<string, unknown>>;
}

/** Reads the project's file in a folder. */
export function projectKind(folder: string): ProjectKind {
  const path = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find((file) => existsSync(file));
  const file = path === undefined ? {} : ((parseDocument(readFileSync(path, "utf8")).toJS() ?? {}) as ProjectFile);
  const runtime = typeof file.runtime === "string" ? file.runtime : file.runtime?.name;
  return { isNode: runtime === undefined || runtime === "nodejs", usesPlugin: file.packages?.domo !== undefined };
}
