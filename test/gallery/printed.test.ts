import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { createStack, type Exports, shells, startTestCloud, type TestCloud } from "../support/stack";

/* What the engine makes of a handful of the gallery's messages, in both shells. */
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
}, 900_000);
afterAll(() => cloud.stop());

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
    const { stdout } = await stack.run(exports, "preview");
    const block = /\n( {2}\S*S3Export \(sales\):(?:\n {4}.*)+)/.exec(stdout)?.[1] ?? "";
    blocks.push(block.replaceAll(cloud.bucket, "acme-exports"));
    expect(block).not.toContain("<nil>");
  }
  const printed = blocks.join("\n\n");
  await expect(`${printed}\n`).toMatchFileSnapshot(`printed-${shell}.txt`);
});
