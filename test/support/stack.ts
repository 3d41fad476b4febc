import { randomUUID } from "node:crypto";
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from "../../local/cloud";
import type { CommandResult } from "../../local/process";
import { type ResourceState, type Workspace, createWorkspace } from "../../local/workspace";
import { createRole, s3Of, type S3View } from "../../local/aws-fixtures";

/** A local cloud with a bucket and a role, for programs that only declare exports: they start faster. */
export interface TestCloud extends LocalCloud {
  bucket: string;
  roleArn: string;
  s3: S3View;
}

/** What a test stack declares: arguments and options by resource name. */
export type Exports = Record<string, { args: Record<string, unknown>; opts?: Record<string, unknown> }>;

/** One stack on the real engine. */
export interface TestStack {
  workspace: Workspace;
  /** Runs the command line with these exports declared. */
  run(exports: Exports, ...args: string[]): Promise<CommandResult>;
  /** Like `run`, but a failure of the command fails the test with its output. */
  mustRun(exports: Exports, ...args: string[]): Promise<string>;
  /** State of one export, or `undefined`. */
  state(name: string): Promise<ResourceState | undefined>;
}

/** Starts a cloud for one test file. */
export async function startTestCloud(options: LocalCloudOptions = {}): Promise<TestCloud> {
  const cloud = await startLocalCloud(options);
  const s3 = s3Of(cloud.moto);
  const bucket = `test-${randomUUID().slice(0, 8)}`;
  await s3.createBucket(bucket);
  const roleArn = await createRole(cloud.moto, { bucket, prefix: "exports" });
  return { ...cloud, bucket, roleArn, s3 };
}

/** The two ways in which one and the same resource is declared. What both promise is tested with each. */
export const shells = ["dynamic", "plugin"] as const;
/** One of {@link shells}. */
export type Shell = (typeof shells)[number];

/** The project file of a program that uses the plugin, from the folder that the package is linked into. */
export const PLUGIN_PROJECT = `name: program
runtime:
  name: nodejs
  options:
    typescript: false
packages:
  domo: ./node_modules/pulumi-domo-s3-export/plugin
`;

/** What a program imports the class of. */
export function packageOf(shell: Shell): string {
  return shell === "plugin" ? "pulumi-domo-s3-export/plugin" : "pulumi-domo-s3-export";
}

const programOf = (shell: Shell) => `
const pulumi = require("@pulumi/pulumi");
const { DomoS3Export } = require(process.env.TEST_CLASS ?? "${packageOf(shell)}");
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

/** Makes an empty stack whose program declares what each run is given. `{"secret!": x}` is x as a secret. */
export async function createStack(cloud: TestCloud, shell: Shell = "dynamic"): Promise<TestStack> {
  const project: Record<string, string> = shell === "plugin" ? { "Pulumi.yaml": PLUGIN_PROJECT } : {};
  const workspace = await createWorkspace({ env: cloud.env, files: { "index.js": programOf(shell), ...project } });
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

/** Whether a resource is an export, of either shell. */
export function isExport({ urn }: ResourceState): boolean {
  return /domo:(index:)?S3Export::/.test(urn);
}

/** State of one export, of either shell. */
export async function exportOf(workspace: Workspace, name: string): Promise<ResourceState | undefined> {
  const { deployment } = await workspace.stackExport();
  return deployment.resources?.find((one) => isExport(one) && one.urn.endsWith(`::${name}`));
}
