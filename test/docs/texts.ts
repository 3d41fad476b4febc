import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";

/** The pages that people read, but for those that a tool writes outside of this repository. */
export const pages: readonly string[] = [
  ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "llms.txt"],
  ...below("docs", ".md").filter((path) => !path.startsWith("docs/api/")),
  ...below("examples", ".md"),
  ...below("skills", ".md"),
];

/** What GitHub runs, and the forms that it shows. */
export const workflows: readonly string[] = below(".github", ".yml");

/** The text of a file of the repository. */
export function read(path: string): string {
  return readFileSync(join(projectRoot, path), "utf8");
}

/** The TypeScript files of folders. */
export function sources(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => below(folder, ".ts"));
}

function below(folder: string, ending: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending) && !name.includes("node_modules"))
    .map((name) => `${folder}/${name}`);
}
