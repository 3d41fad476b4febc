import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";
import { demoStack, steps } from "../../local/demo-steps";
import { expectOutput } from "../support/golden";

test("the demo runs all of its steps and leaves no settings behind", { timeout: 600_000 }, async () => {
  const demo = join(projectRoot, "dist/local/demo.js");
  const { code, stdout, stderr } = await runCommand(process.execPath, [demo], { cwd: projectRoot });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const count = steps.build.length + steps.end.length;
  expect(stdout).toMatch(new RegExp(`\\nAll ${count} steps succeeded in \\d+ s\\.`));
  await expectOutput(stdout.slice(stdout.indexOf("\nSummary") + 1), "test/engine/golden/demo.txt"); // shown in the README
  expect(existsSync(join(projectRoot, `Pulumi.${demoStack}.yaml`))).toBe(false);
});
