import { cpus, platform, release, totalmem, loadavg } from "node:os";
import { execFileSync } from "node:child_process";
import type { Engine } from "../../local/engine";

/** The machine and versions that figures belong to. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly pulumi: string;
  readonly commit: string;
  /** Load of the last minute when the benchmark started: above a fraction of `cores`, others were at work. */
  readonly load: number;
}

/** Describes this machine. */
export function describeMachine(engine: Engine): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    pulumi: `${engine.version}, ${engine.origin}`,
    commit: commit(),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** The description in one sentence. */
export function machineText({ cpu, cores, memoryGiB, system, node, pulumi, commit: at, load }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}; Node ${node}; Pulumi ${pulumi}; commit ${at}; load before ${load}`;
}

/** The sentence in lines that fit above a plot. */
export function machineLines(sentence: string): string[] {
  return sentence.split(/ (?=Pulumi |commit )/);
}

function commit(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8", cwd: __dirname }).trim();
  } catch {
    return "unknown";
  }
}
