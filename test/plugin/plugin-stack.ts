import { createWorkspace, type ResourceState, type Workspace } from "../../local/workspace";
import type { TestCloud, TestStack } from "../support/stack";

/** The project file of a program that uses the plugin, from the folder that the package is linked into. */
export const PROJECT = `name: program
runtime:
  name: nodejs
  options:
    typescript: false
packages:
  domo: ./node_modules/pulumi-domo-s3-export/plugin
`;

const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const { DomoS3Export } = require(process.env.TEST_CLASS ?? "pulumi-domo-s3-export/plugin");
const reveal = (value) => {
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  if ("secret!" in value) return pulumi.secret(value["secret!"]);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, reveal(item)]));
};
const made = {};
for (const [name, { args, opts }] of Object.entries(JSON.parse(process.env.TEST_EXPORTS ?? "{}"))) {
  made[name] = new DomoS3Export(name, reveal(args), opts);
}
exports.ids = Object.values(made).map(({ exportId }) => exportId);
`;

/** Makes an empty stack whose program declares by the plugin what each run is given. `{"secret!": x}` is x as a secret. */
export async function createPluginStack(cloud: TestCloud): Promise<TestStack> {
  const workspace = await createWorkspace({ env: cloud.env, files: { "index.js": PROGRAM, "Pulumi.yaml": PROJECT } });
  return stackOf(cloud, workspace);
}

/** Runs the command line in a workspace with exports declared. */
function stackOf(cloud: TestCloud, workspace: Workspace): TestStack {
  const run: TestStack["run"] = (exports, ...args) =>
    workspace.run(args, { env: { ...cloud.env, ...workspace.env, TEST_EXPORTS: JSON.stringify(exports) } });
  return {
    workspace,
    run,
    async mustRun(exports, ...args) {
      const { code, stdout, stderr } = await run(exports, ...args);
      if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
      return stdout;
    },
    state: (name) => exportOf(workspace, name),
  };
}

/** State of one export, of either shell. */
export async function exportOf(workspace: Workspace, name: string): Promise<ResourceState | undefined> {
  const { deployment } = await workspace.stackExport();
  return deployment.resources?.find(({ urn }) => /domo:(index:)?S3Export::/.test(urn) && urn.endsWith(`::${name}`));
}
