import { join } from "node:path";
import ts from "typescript";
import { projectRoot } from "../local/paths";
import type { Mutant } from "./mutants";

/** Tells whether the compiler lets a mutant of a file through: one that it refuses needs no test. */
export type CompileCheck = (file: string, mutant: Mutant) => boolean;

/** Loads the files, by their paths from the project's root. A check takes some tenths of a second. */
export function createCompileCheck(files: readonly string[]): CompileCheck {
  const read = (path: string) => ts.sys.readFile(path);
  const { config } = ts.readConfigFile(join(projectRoot, "tsconfig.json"), read) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files, include: [] }, ts.sys, projectRoot);
  // A mutant may leave a variable without its only use.
  Object.assign(options, { noUnusedLocals: false, noUnusedParameters: false, allowUnreachableCode: true });
  const paths = files.map((file) => join(projectRoot, file));
  const edited = new Map<string, { readonly version: number; readonly text: string }>();
  const service = ts.createLanguageService({
    getScriptFileNames: () => paths,
    getScriptVersion: (path) => String(edited.get(path)?.version ?? 0),
    getScriptSnapshot(path) {
      const text = edited.get(path)?.text ?? ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => projectRoot,
    getCompilationSettings: () => options,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: (path) => ts.sys.fileExists(path),
    readFile: read,
    readDirectory: (...given) => ts.sys.readDirectory(...given),
    directoryExists: (path) => ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path),
  });

  function faults(path: string, text: string): number {
    edited.set(path, { version: (edited.get(path)?.version ?? 0) + 1, text });
    return service.getSyntacticDiagnostics(path).length + service.getSemanticDiagnostics(path).length;
  }

  return (file, { start, end, mutant }) => {
    const path = join(projectRoot, file);
    const text = ts.sys.readFile(path) ?? "";
    const found = faults(path, `${text.slice(0, start)}${mutant ? `(${mutant})` : "{}"}${text.slice(end)}`);
    edited.set(path, { version: (edited.get(path)?.version ?? 0) + 1, text });
    return found === 0;
  };
}
