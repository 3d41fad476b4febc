import { type ProjectFile, projectFileIn, readProjectFile } from "../project-file";

/** What decides which versions a project needs. */
export interface ProjectKind {
  /** Whether its program is Node's; one without a `Pulumi.yaml` is taken for it. */
  readonly isNode: boolean;
  /** Whether it uses the plugin, rather than the dynamic resource. */
  readonly usesPlugin: boolean;
  /** The program that the file names. */
  readonly main: string | undefined;
}

/** What the project's file in a folder says of it. */
export function projectKind(folder: string): ProjectKind {
  const path = projectFileIn(folder);
  const { runtime, packages, main }: ProjectFile = path === undefined ? { runtime: {} } : readProjectFile(path);
  return {
    isNode: runtime.name === undefined || runtime.name === "nodejs",
    usesPlugin: packages?.domo !== undefined,
    main,
  };
}
