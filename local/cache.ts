import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Fills `target` by way of a folder of another name, so that a broken or parallel install never leaves half a
 * folder behind. Of two processes that install at once, the first to finish wins and the other's work is dropped.
 */
export async function installOnce(target: string, install: (folder: string) => Promise<void>): Promise<void> {
  if (existsSync(target)) return;
  const temporary = `${target}.${process.pid}.tmp`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  try {
    await install(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}
