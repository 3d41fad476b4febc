import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";

/** What the command left behind. */
export interface CommandRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** Folders with links to this package and to what it needs. */
function linkPackages(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  symlinkSync(projectRoot, join(modules, "pulumi-domo-s3-export"));
  for (const name of ["@pulumi", "@types", "typescript"])
    symlinkSync(join(projectRoot, "node_modules", name), join(modules, name));
}

/** Copies a program of `test/cli/programs` into a new folder of the given name. */
export function copyProgram(program: string, name = "program"): string {
  const folder = join(realpathSync(mkdtempSync(join(tmpdir(), "domo-review-test-"))), name);
  cpSync(join(projectRoot, "test/cli/programs", program), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: program, private: true }));
  linkPackages(folder);
  return folder;
}

/** Runs the command line in a folder, without any credentials of its surroundings. */
export function command(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandRun> {
  const main = join(projectRoot, "dist/cli/main.js");
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, ...args],
      { cwd: folder, env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env }, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}
