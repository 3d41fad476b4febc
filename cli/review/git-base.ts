import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { UsageError } from "../usage-error";

const run = promisify(execFile);

/** The program's repository as another commit has it. */
export interface GitBase {
  /** Root folder of the checkout. */
  readonly root: string;
  readonly commit: string;
  /** Removes the checkout; may be called twice. */
  readonly remove: () => void;
}

/** The root folder of the repository that a folder is in, or the folder itself. */
export function repositoryRoot(folder: string): string {
  return rootOf(folder) ?? folder;
}

function rootOf(folder: string): string | undefined {
  try {
    const stdio = ["ignore", "pipe", "ignore"] as const;
    return realpathSync(
      execFileSync("git", ["-C", folder, "rev-parse", "--show-toplevel"], {
        encoding: "utf8",
        stdio: [...stdio],
      }).trim(),
    );
  } catch {
    return undefined;
  }
}

/**
 * Checks another commit out into a folder of its own and links the installed packages of the working tree into it.
 *
 * @throws UsageError when the reference names no commit here.
 */
export async function checkOutBase(root: string, ref: string): Promise<GitBase> {
  const commit = await commitOf(root, ref);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "domo-review-")));
  const tree = join(folder, "base");
  let there = true;
  const remove = () => {
    if (!there) return;
    there = false;
    rmSync(folder, { recursive: true, force: true });
    execFileSync("git", ["-C", root, "worktree", "prune"], { stdio: "ignore" });
  };
  try {
    await run("git", ["-C", root, "worktree", "add", "--detach", "--quiet", tree, commit]);
    await linkPackages(root, tree);
    return { root: tree, commit, remove };
  } catch (error) {
    remove();
    throw new Error(`checking out "${ref}" for the comparison failed: ${(error as Error).message}`, { cause: error });
  }
}

async function commitOf(root: string, ref: string): Promise<string> {
  try {
    const { stdout } = await run("git", [
      "-C",
      root,
      "rev-parse",
      "--verify",
      "--quiet",
      "--end-of-options",
      `${ref}^{commit}`,
    ]);
    return stdout.trim();
  } catch {
    if (rootOf(root) === undefined)
      throw new UsageError(
        `--base "${ref}": the folder "${root.split(sep).at(-1)}" is in no Git repository; run git init and commit the program, or leave --base out`,
      );
    throw new UsageError(
      `--base "${ref}" is no commit of the repository "${root.split(sep).at(-1)}"; give a branch, tag or commit, and in CI fetch it first (fetch-depth: 0)`,
    );
  }
}

/** Links every folder of installed packages, at the root and next to each `package.json` of the base. */
async function linkPackages(root: string, tree: string): Promise<void> {
  const { stdout } = await run("git", ["-C", tree, "ls-files", "-z", "package.json", "**/package.json"], {
    maxBuffer: 2 ** 26,
  });
  const folders = new Set([
    ".",
    ...stdout
      .split("\0")
      .filter(Boolean)
      .map((path) => dirname(path)),
  ]);
  for (const folder of folders) link(join(root, folder, "node_modules"), join(tree, folder, "node_modules"));
  const own = relative(root, dirname(dirname(dirname(realpathSync(__filename)))));
  // A program in this package's own repository imports the package from its build output.
  if (!own.startsWith("..") && !own.includes("node_modules")) link(join(root, own), join(tree, own));
}

function link(from: string, to: string): void {
  if (!existsSync(from) || existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(from, to, "junction");
}
