import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";

/** Runs `work` with variables, to be laid over `env`, by which provider processes write down their peak memory; returns it in bytes. */
export async function peakMemory(
  env: NodeJS.ProcessEnv,
  work: (more: NodeJS.ProcessEnv) => Promise<unknown>,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "bench-memory-"));
  const file = join(folder, "bytes");
  const report = join(projectRoot, "dist/bench/programs/report-memory.js");
  try {
    await work({ BENCH_MEMORY_FILE: file, NODE_OPTIONS: `${env.NODE_OPTIONS ?? ""} --require "${report}"` });
    return Number(readFileSync(file, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
