import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { nearest } from "../../provider/query/check/suggest";
import { projectFileIn, readProjectFile, type RuntimeOptions } from "../project-file";
import { UsageError } from "../usage-error";

/** A Pulumi project on disk. */
export interface Project {
  readonly name: string;
  /** Folder of `Pulumi.yaml`. */
  readonly folder: string;
  /** The project file itself. */
  readonly file: string;
  /** Folder that holds the stacks' settings files. */
  readonly stackFolder: string;
  /** Folder in which the program runs. */
  readonly programFolder: string;
  /** The program within that folder; `.` leaves it to `package.json`. */
  readonly entry: string;
  /** Options under `runtime:`. */
  readonly runtime: RuntimeOptions;
}

/**
 * Reads the project of a folder or of the nearest folder above it.
 *
 * @throws UsageError when there is none, or its programs are not Node's.
 */
export function readProject(from: string): Project {
  const path = findProject(realpathSync(resolve(from)));
  if (!path)
    throw new UsageError(`there is no Pulumi.yaml in "${from}" or above it; go to the project's folder or give --cwd`);
  const folder = dirname(path);
  const file = readProjectFile(path);
  const { runtime } = file;
  if (runtime.name !== "nodejs") {
    throw new UsageError(
      `"${basename(path)}" has the runtime "${runtime.name ?? ""}"; review runs programs of the runtime "nodejs" only — ` +
        "judge this one with the policy pack and the command drift",
    );
  }
  const main = resolve(folder, file.main ?? ".");
  if (!existsSync(main)) {
    throw new Error(`"${basename(path)}" names the program "${file.main ?? "."}", which is not there; build it first`);
  }
  const isFolder = statSync(main).isDirectory();
  return {
    name: file.name ?? basename(folder),
    folder,
    file: path,
    stackFolder: resolve(folder, file.stackConfigDir ?? "."),
    programFolder: isFolder ? main : dirname(main),
    entry: isFolder ? "." : basename(main),
    runtime: runtime.options ?? {},
  };
}

function findProject(folder: string): string | undefined {
  const found = projectFileIn(folder);
  if (found || dirname(folder) === folder) return found;
  return findProject(dirname(folder));
}

/** Names of the stacks that have a settings file. */
export function stackNames({ stackFolder }: Project): string[] {
  if (!existsSync(stackFolder)) return [];
  return readdirSync(stackFolder)
    .flatMap((file) => /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** The settings file of a stack, if it has one. */
export function stackFile({ stackFolder }: Project, stack: string): string | undefined {
  return ["yaml", "yml"]
    .map((ending) => join(stackFolder, `Pulumi.${stack}.${ending}`))
    .find((path) => existsSync(path));
}

/**
 * The stacks to look at: those that are given, all that have a settings file, or the only one that has.
 *
 * @throws UsageError when the files don't say which.
 */
export function chooseStacks(project: Project, { stack: given, allStacks }: StackChoice): readonly string[] {
  const names = stackNames(project);
  const listed = names.map((name) => `"${name}"`).join(", ");
  if (given.length > 0) return [...new Set(given.map((name) => knownStack(name, names, listed)))];
  if (names.length === 0)
    throw new UsageError("no stack is named and the project has no Pulumi.<stack>.yaml; give --stack");
  if (names.length === 1 || allStacks) return names;
  throw new UsageError(
    `the project has ${names.length} stacks; give --all-stacks, or --stack with one or more of ${listed}`,
  );
}

/** Which stacks the command line names. */
export interface StackChoice {
  readonly stack: readonly string[];
  readonly allStacks?: boolean;
}

function knownStack(given: string, names: readonly string[], listed: string): string {
  const short = given.split("/").at(-1)!;
  if (names.length === 0 || names.includes(short)) return short;
  const guess = nearest(short, names);
  throw new UsageError(
    `there is no stack "${short}" (Pulumi.${short}.yaml)${guess ? `; did you mean "${guess}"?` : ""} The project has ${listed}`,
  );
}
