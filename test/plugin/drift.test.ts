import { afterAll, beforeAll, expect, test } from "vitest";
import type { DriftReport } from "../../cli/drift/report";
import { salesDataset } from "../../local/cloud";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";
import { createStack, startTestCloud, type TestCloud } from "../support/stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.05 } });
}, 900_000);
afterAll(() => cloud.stop());

test("drift of the plugin's exports is found, and no drift where there is none", async () => {
  const stack = await createStack(cloud, "plugin");
  const args = {
    dataset: salesDataset,
    bucket: cloud.bucket,
    roleArn: cloud.roleArn,
    path: "exports/drift",
    sql: `SELECT "Region" FROM dataset`,
  };
  await stack.mustRun({ sales: { args } }, "up", "--yes", "--skip-preview");
  const drift = async () => {
    const { folder, env } = stack.workspace;
    const command = [join(projectRoot, "dist/cli/main.js"), "drift", "--stack", "test", "--format", "json"];
    const { code, stdout } = await runCommand(process.execPath, command, {
      cwd: folder,
      env: { ...process.env, ...cloud.env, ...env },
    });
    return { code, exports: (JSON.parse(stdout) as DriftReport).stacks.flatMap(({ exports }) => exports) };
  };
  expect(await drift()).toMatchObject({ code: 0, exports: [{ name: "sales", drift: [] }] });
  const [key = ""] = await cloud.s3.dataKeys(cloud.bucket, "exports/drift/");
  await cloud.s3.remove(cloud.bucket, key);
  expect(await drift()).toMatchObject({
    code: 2,
    exports: [{ name: "sales", drift: [{ kind: "object-missing", subject: key }] }],
  });
});
