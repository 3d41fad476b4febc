/* Loaded first into a provider's process: keeps its peak memory, in bytes, in the file BENCH_MEMORY_FILE. */
import { readFileSync, writeFileSync } from "node:fs";

const { BENCH_MEMORY_FILE: file } = process.env;

// The kernel's `ru_maxrss` counts the process that this one was forked from; VmHWM does not.
/** Peak memory of this process, in bytes. */
export function peakBytes(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

if (file && process.argv[1]?.includes("dynamic-provider")) {
  setInterval(() => writeFileSync(file, String(peakBytes())), 100).unref();
}
