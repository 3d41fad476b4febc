import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";

/** Runs `work` with an environment in which provider processes write down their peak memory; returns it in bytes. */
export async function peakMemory(work: (env: NodeJS.ProcessEnv) => Promise<unknown>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "bench-memory-"));
  const file = join(folder, "bytes");
  const requires = ["bench/programs/report-memory.js", "cli/review/error-preload.js"];
  const options = requires.map((name) => `--require "${join(projectRoot, "dist", name)}"`);
  try {
    await work({ BENCH_MEMORY_FILE: file, NODE_OPTIONS: options.join(" ") });
    return Number(readFileSync(file, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
