import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { eq, select } from "../../provider/query/build/builder";
import { expectDeliveredOnce } from "../support/delivered";
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

test(
  "a dynamic resource ignores customTimeouts and can't be imported; the same line imports by the plugin",
  limit,
  async () => {
    const stack = await createStack(cloud);
    await stack.mustRun(sales({ customTimeouts: { create: "1s" } }), ...up);
    const { outputs } = (await stack.state("sales")) ?? {};
    expect(outputs).toMatchObject({ exportStatus: "success" });
    const line = sales({ import: `${salesDataset}/${String(outputs?.exportId)}` });
    const dynamic = await (await createStack(cloud)).run(line, "preview");
    expect(dynamic.code).not.toBe(0);
    // The text of the provider, by which a dynamic resource is read, is in state only.
    expect(dynamic.stdout).toContain("sales import error: Preview failed: code must be a string, not undefined");
    const plugin = await createStack(cloud, "plugin");
    expect(await plugin.mustRun(line, "preview")).toContain("domo:index:S3Export sales import");
  },
);

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

test.each([
  { shell: "dynamic", known: false },
  { shell: "plugin", known: true },
] as const)(
  "$shell: outputs stay known in a preview that only records arguments: $known",
  limit,
  async ({ shell, known }) => {
    const stack = await createStack(cloud, shell);
    await stack.mustRun(sales(), ...up);
    const said = await stack.mustRun(sales(undefined, { timeoutSeconds: 60 }), "preview", "--diff");
    stack.workspace.remove();
    expect(said).toMatch(/timeoutSeconds *: 3600 => 60/);
    expect(said.includes("[unknown]")).toBe(!known);
  },
);

test.each(shells)("%s: an export longer than the limit fails, and the next up takes it over", limit, async (shell) => {
  const exports = sales(undefined, { path: `exports/long-${shell}`, timeoutSeconds: 1 });
  const stack = await createStack(cloud, shell);
  const { code, stdout } = await stack.run(exports, ...up);
  expect(code).not.toBe(0);
  expect(stdout).toContain("raise timeoutSeconds if it always takes this long");
  await cloud.emulator.control.settle();
  await stack.mustRun(exports, ...up);
  await expectDeliveredOnce({ cloud, stack, exports });
});
