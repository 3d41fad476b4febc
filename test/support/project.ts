import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runChecked } from "../../local/process";
import type { ResourceState, StackExport } from "../../local/workspace";
import { isExport, packageOf, PLUGIN_PROJECT, type Shell, type TestCloud } from "./stack";

/** A Pulumi project whose packages are already where they should be. */
export interface Project {
  pulumi(...args: string[]): Promise<string>;
  /** State of the export that the project declares. */
  state(): Promise<ResourceState | undefined>;
}

const PROJECT: Record<Shell, string> = {
  dynamic: "name: project\nruntime:\n  name: nodejs\nmain: index.js\n",
  plugin: PLUGIN_PROJECT,
};

/** Makes `folder` a Pulumi project that declares one export, with a stack. Nothing is linked or installed. */
export async function createProject(
  cloud: TestCloud,
  folder: string,
  args: Record<string, unknown>,
  shell: Shell = "dynamic",
): Promise<Project> {
  const state = join(folder, `state-${shell}`);
  mkdirSync(state, { recursive: true });
  writeFileSync(join(folder, "Pulumi.yaml"), PROJECT[shell]);
  const program = `const { DomoS3Export } = require("${packageOf(shell)}");\nnew DomoS3Export("sales", ${JSON.stringify(args)});\n`;
  writeFileSync(join(folder, "index.js"), program);
  const env = { ...process.env, ...cloud.env, PULUMI_BACKEND_URL: `file://${state}`, PULUMI_STACK: "test" };
  const pulumi: Project["pulumi"] = async (...words) =>
    (await runChecked("pulumi", [...words, "--non-interactive", "--color=never"], { cwd: folder, env })).stdout;
  await pulumi("stack", "init", "test");
  return {
    pulumi,
    async state() {
      const { deployment } = JSON.parse(await pulumi("stack", "export")) as StackExport;
      return deployment.resources?.find(isExport);
    },
  };
}
