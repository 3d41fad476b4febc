import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { salesDataset } from "../../local/cloud";
import { check } from "../../provider/lifecycle";
import { failureAsPrinted } from "./as-printed";
import { createStack, type Exports, shells, startTestCloud, type TestCloud } from "../support/stack";

/* What the engine makes of a handful of the gallery's messages, in both shells. */
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
  for (const [name, value] of Object.entries(cloud.env)) vi.stubEnv(name, value);
}, 900_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});

/** What the engine prints at the end of a run under the heading of the export. */
const blockOf = (stdout: string) => /\n( {2}\S*S3Export \(sales\):(?:\n {4}.*)+)/.exec(stdout)?.[1] ?? "";

test.each(shells)("%s: the engine prints each message with its resource and its property", async (shell) => {
  const stack = await createStack(cloud, shell);
  const right = {
    dataset: salesDataset,
    query: { kind: "sql", text: 'SELECT "Sales" FROM dataset' },
    bucket: cloud.bucket,
    path: "exports/sales",
    roleArn: cloud.roleArn,
  };
  const wrong = [
    { query: undefined },
    { query: { kind: "sql", text: 'SELECT "Slaes" FROM dataset' } },
    { rolArn: "x", roleArn: "acme", query: { kind: "sql", text: 'SELECT "Slaes" FROM dataset' } },
    { path: "s3://acme-exports/sales" },
    { roleArn: undefined },
  ];
  const blocks: string[] = [];
  for (const args of shell === "plugin" ? wrong.slice(0, 3) : wrong) {
    const exports: Exports = { sales: { args: { ...right, ...args } } };
    const block = blockOf((await stack.run(exports, "preview")).stdout);
    blocks.push(block.replaceAll(cloud.bucket, "acme-exports"));
    expect(block).not.toContain("<nil>");
    // What the gallery takes for the engine's words.
    const { failures } = await check({}, {}, { ...right, ...args, dryRun: true, __secretArguments: [] });
    const type = shell === "plugin" ? "domo:index:S3Export" : "pulumi-nodejs:dynamic/domo:S3Export";
    const lines = failures.map((failure) => failureAsPrinted(failure, { ...right, ...args }));
    expect(block.split("\n    ").slice(1).sort()).toEqual(
      lines.map((line) => line.replace("pulumi-nodejs:dynamic/domo:S3Export", type)).sort(),
    );
  }
  await cloud.emulator.control.setOptions({ failWith: { errorCode: "QUERY_FAILED", message: "out of memory" } });
  const { stdout } = await stack.run({ sales: { args: right } }, "up", "--yes", "--skip-preview");
  blocks.push(blockOf(stdout).replace(/Export \S{36}/, "Export <export>"));
  const printed = blocks.join("\n\n");
  await expect(`${printed}\n`).toMatchFileSnapshot(`printed-${shell}.txt`);
});
