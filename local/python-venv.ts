import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installOnce } from "./cache";
import { cacheDir, projectRoot } from "./paths";
import { runChecked } from "./process";
import type { Progress } from "./progress";

/** A virtual environment in the cache. */
export interface Venv {
  readonly name: string;
  /** File below `local/` with what is installed. */
  readonly requirements: string;
  /** What it is for and how long it takes, said before it is made. */
  readonly purpose: string;
}

/** Makes a virtual environment in the cache, unless it is there. Returns its Python. */
export async function installVenv({ name, requirements, purpose }: Venv, progress: Progress): Promise<string> {
  const file = join(projectRoot, "local", requirements);
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 12);
  const target = join(cacheDir, `${name}-${hash}`);
  await installOnce(target, async (folder) => {
    const python = await findPython();
    progress.say(`installing ${purpose}, with ${python}`);
    await runChecked(python, ["-m", "venv", folder]);
    if (!existsSync(join(folder, "bin/python"))) throw new Error(`"${python} -m venv" made no bin/python`);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", file];
    await runChecked(join(folder, "bin/python"), pip);
  });
  return join(target, "bin/python");
}

async function findPython(): Promise<string> {
  const wanted = "import sys, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)";
  for (const python of ["python3", "python"]) {
    const found = await runChecked(python, ["-c", wanted]).then(
      () => true,
      () => false,
    );
    if (found) return python;
  }
  throw new Error("The local cloud needs Python 3.10 or newer with venv (Debian and Ubuntu: apt install python3-venv)");
}
