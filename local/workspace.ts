import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "./paths";
import { type CommandResult, runCommand, type RunOptions } from "./process";

/** Options of {@link createWorkspace}. */
export interface WorkspaceOptions {
  /** The environment of a local cloud: `cloud.env`. */
  readonly env: NodeJS.ProcessEnv;
  /** The program: `index.js` starts about a second faster than `index.ts`. */
  readonly files: Readonly<Record<string, string>>;
  /** @default "test" */
  readonly stack?: string;
  /** Stack configuration, such as `{"domo:instance": "acme"}`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Checkout whose build and packages the program uses. @default this one */
  readonly checkout?: string;
}

/** A Pulumi program in a folder of its own, with a backend and a stack that it shares with no other. */
export interface Workspace {
  readonly folder: string;
  /** Laid over the environment of each run: a copy of what was given, with the backend and the stack. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs the command line; resolves whatever its exit code. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<CommandResult>;
  /** What the backend holds of the stack. */
  readonly stackExport: () => Promise<StackExport>;
  /** Adds or replaces files of the program. */
  readonly write: (files: Readonly<Record<string, string>>) => void;
  /** Removes the folder, state included. What the program created stays. */
  readonly remove: () => void;
}

/** The answer of `pulumi stack export`, as far as it is of use here. */
export interface StackExport {
  readonly deployment: { readonly resources?: readonly ResourceState[] };
}

/** One resource of a stack's state. */
export interface ResourceState {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly initErrors?: readonly string[];
}

/** Makes a folder with the program, links this package and Pulumi's into it, and creates the stack. */
export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const folder = mkdtempSync(join(tmpdir(), "domo-s3-export-"));
  const { stack = "test", files, checkout = projectRoot } = options;
  const write = (added: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(added)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  const typescript = "index.ts" in files;
  const main = typescript ? "index.ts" : "index.js";
  write({
    "Pulumi.yaml": `name: program\nruntime:\n  name: nodejs\n  options:\n    typescript: ${typescript}\n`,
    "package.json": JSON.stringify({ name: "program", private: true, main }),
    ...files,
  });
  linkModules(folder, checkout);
  mkdirSync(join(folder, "state"));

  const env = { ...options.env, PULUMI_BACKEND_URL: `file://${join(folder, "state")}`, PULUMI_STACK: stack };
  const run: Workspace["run"] = (args, runOptions = {}) =>
    runCommand("pulumi", [...args, "--non-interactive", "--color=never"], {
      cwd: folder,
      ...runOptions,
      env: { ...process.env, ...env, ...runOptions.env },
    });
  const succeed = async (args: readonly string[]) => {
    const result = await run(args);
    if (result.code !== 0) throw new Error(`"pulumi ${args.join(" ")}" failed:\n${result.stdout}${result.stderr}`);
    return result.stdout;
  };
  await succeed(["stack", "init", stack]);
  for (const [name, value] of Object.entries(options.config ?? {})) await succeed(["config", "set", name, value]);
  return {
    folder,
    env,
    run,
    write,
    stackExport: async () => JSON.parse(await succeed(["stack", "export"])) as StackExport,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function linkModules(folder: string, checkout: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  symlinkSync(checkout, join(modules, "pulumi-domo-s3-export"));
  for (const name of ["@pulumi", "@types", "typescript", "yaml"]) {
    symlinkSync(join(checkout, "node_modules", name), join(modules, name));
  }
}
