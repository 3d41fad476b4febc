import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { projectRoot } from "../../local/paths";
import { createWorkspace, type Workspace } from "../../local/workspace";
import type { TestCloud } from "./stack";

/** The pack as a user names it, from the folder of the program. */
const PACK = join("node_modules", "pulumi-domo-s3-export", "policy");
/** The same pack in the repository. */
export const OWN_PACK = join(projectRoot, "policy");

/** What the pack said of one run. */
export interface PolicyRun {
  readonly code: number;
  /** `[level] rule (resource): message`, sorted; the rule's description is left out. */
  readonly violations: string[];
  readonly text: string;
}

/** Makes a program's workspace in which runs are judged by the pack. */
export async function createPolicyWorkspace(
  cloud: TestCloud,
  program: string,
  stack = "dev",
  files: Readonly<Record<string, string>> = {},
): Promise<Workspace & { judge(args: readonly string[], config?: object, pack?: string): Promise<PolicyRun> }> {
  const workspace = await createWorkspace({ env: cloud.env, files: { "index.js": program, ...files }, stack });
  return {
    ...workspace,
    async judge(args, config, pack = PACK) {
      if (config) workspace.write({ "policy-config.json": JSON.stringify(config) });
      const more = config ? ["--policy-pack-config", "policy-config.json"] : [];
      const { code, stdout, stderr } = await workspace.run([...args, "--policy-pack", pack, ...more]);
      const text = stripVTControlCharacters(stdout + stderr);
      return { code, violations: violationsIn(text), text };
    },
  };
}

function violationsIn(text: string): string[] {
  const found: string[] = [];
  let lines: string[] | undefined;
  const flush = () => {
    if (lines) found.push(`${lines[0]}: ${lines.slice(2).join(" ")}`);
    lines = undefined;
  };
  for (const line of text.split("\n")) {
    const head = /^\s*- \[(\w+)\](?: \[[^\]]*\])*\s+(\S+)\s+\((.*)\)/.exec(line);
    if (head) {
      flush();
      lines = [`[${head[1]}] ${head[2]} (${head[3]?.split(": ").at(-1)})`];
    } else if (lines && /^\s{4,}\S/.test(line)) lines.push(line.trim());
    else flush();
  }
  flush();
  return found.sort();
}
