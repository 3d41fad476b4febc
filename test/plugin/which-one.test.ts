import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { eq, select } from "../../provider/query/build/builder";
import { createStack, type Exports, shells, startTestCloud, type TestCloud } from "../support/stack";

/* The dynamic resource's column of the table in docs/plugin.md, as far as no other test has it. */

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 3, reuse: "never" } });
}, 900_000);
afterAll(() => cloud.stop());

const limit = { timeout: 180_000 };
const up = ["up", "--yes", "--skip-preview"];
const region = (name: string): unknown =>
  JSON.parse(JSON.stringify(select("Order ID", "Region").where(eq("Region", name))));
function sales(opts?: Record<string, unknown>, more: Record<string, unknown> = {}): Exports {
  const args = { dataset: salesDataset, query: region("West"), bucket: cloud.bucket, roleArn: cloud.roleArn };
  return { sales: { args: { ...args, path: "exports/which", ...more }, opts } };
}

test("a dynamic resource ignores customTimeouts and can't be imported", limit, async () => {
  const stack = await createStack(cloud);
  const imported = await stack.run(sales({ import: `${salesDataset}/any` }), "preview");
  expect(imported.code).not.toBe(0);
  await stack.mustRun(sales({ customTimeouts: { create: "1s" } }), ...up);
  expect((await stack.state("sales"))?.outputs).toMatchObject({ exportStatus: "success" });
});

test.each(shells)(
  "%s: the diff of a changed filter shows the lines of SQL that differ, and no tree",
  limit,
  async (shell) => {
    const stack = await createStack(cloud, shell);
    await stack.mustRun(sales(), ...up);
    const diff = await stack.mustRun(sales(undefined, { query: region("East") }), "preview", "--diff");
    stack.workspace.remove();
    const changed = diff.split("\n").map((line) => line.trim().replace(/ +/g, " "));
    expect(changed).toContain(`- WHERE "Region" = 'West'`);
    expect(changed).toContain(`+ WHERE "Region" = 'East'`);
    expect(changed.filter((line) => /^[-+~] query/.test(line))).toEqual([]);
  },
);
