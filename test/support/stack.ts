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

const PROGRAM = `
const { DomoS3Export } = require("pulumi-domo-s3-export");
const made = {};
for (const [name, { args, opts }] of Object.entries(JSON.parse(process.env.TEST_EXPORTS ?? "{}"))) {
  made[name] = new DomoS3Export(name, args, opts);
}
`;

/** Makes an empty stack whose program declares what each run is given. */
export async function createStack(cloud: TestCloud): Promise<TestStack> {
  const workspace = await createWorkspace({ env: cloud.env, files: { "index.js": PROGRAM } });
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
    async state(name) {
      const { deployment } = await workspace.stackExport();
      return deployment.resources?.find(({ urn }) => urn.endsWith(`domo:S3Export::${name}`));
    },
  };
}
