import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DoctorReport } from "../../cli/doctor/check";
import type { ListReport } from "../../cli/list/report";
import { localToken, salesDataset } from "../../local/cloud";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";
import { createWorkspace, type Workspace } from "../../local/workspace";
import { findSecrets } from "../support/secrets";
import { startTestCloud, type TestCloud } from "../support/stack";

let cloud: TestCloud;
let workspace: Workspace;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.2 } });
}, 900_000);
afterAll(async () => {
  workspace?.remove();
  await cloud?.stop();
});

const main = join(projectRoot, "dist/cli/main.js");
const command = (cwd: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
  runCommand(process.execPath, [main, ...args], { cwd, env: { ...process.env, ...cloud.env, ...env } });
const below = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
const emptyFolder = () => mkdtempSync(join(tmpdir(), "domo init "));

test("what init writes type-checks, previews and runs, and list and doctor know it", { timeout: 240_000 }, async () => {
  const folder = emptyFolder();
  const { code, stdout, stderr } = await command(folder, ["init", "--dataset", salesDataset]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`npx --no-install pulumi-domo-s3-export doctor --dataset ${salesDataset}`);
  const files = below(folder);
  expect(Object.keys(files).sort()).toEqual([
    ...[".gitignore", "Pulumi.dev.yaml", "Pulumi.yaml", "index.ts", "package.json", "tsconfig.json"],
  ]);
  expect(
    findSecrets(new Map([["token", localToken]]), new Map([...Object.entries(files), ["stdout", stdout]])),
  ).toEqual([]);

  workspace = await createWorkspace({ env: cloud.env, files, stack: "dev" });
  const tsc = join(projectRoot, "node_modules/typescript/bin/tsc");
  const checked = await runCommand(process.execPath, [tsc, "--noEmit"], { cwd: workspace.folder });
  expect(checked.stdout).toBe("");
  const preview = await workspace.run(["preview"]);
  expect(preview.stdout).toMatch(/\+ 7 to create/);
  const up = await workspace.run(["up", "--yes", "--skip-preview"]);
  expect(up.code, `${up.stdout}${up.stderr}`).toBe(0);

  const { env } = workspace;
  const listed = JSON.parse((await command(workspace.folder, ["list", "-f", "json"], env)).stdout) as ListReport;
  expect(listed.stacks).toMatchObject([
    { stack: "dev", exports: [{ dataset: salesDataset, status: "success", drift: [] }] },
  ]);
  expect(listed.stacks[0]?.exports[0]?.next).toBeUndefined();
  const { checks } = JSON.parse(
    (await command(workspace.folder, ["doctor", "-f", "json"], env)).stdout,
  ) as DoctorReport;
  expect(checks.filter(({ verdict }) => verdict === "fail")).toEqual([]);
  expect(checks.find(({ name }) => name === "stack configuration")?.text).toMatch(
    /^the stack sets (nothing of )?domo:/,
  );
});

test("init overwrites no file, says which it kept, and names what is left to set", async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "index.ts"), "// mine\n");
  writeFileSync(join(folder, "Pulumi.yaml"), "name: mine\nruntime: nodejs\n");
  const none = {
    DOMO_INSTANCE: "",
    DOMO_BASE_URL: "",
    DOMO_DEVELOPER_TOKEN: "",
    AWS_REGION: "",
    AWS_DEFAULT_REGION: "",
  };
  const { code, stdout } = await command(folder, ["init"], none);
  expect(code).toBe(0);
  expect(below(folder)).toMatchObject({ "index.ts": "// mine\n", "Pulumi.yaml": "name: mine\nruntime: nodejs\n" });
  expect(stdout.replace(/@pulumi\/pulumi(@3.248.0)?/, "@pulumi/pulumi")).toMatchInlineSnapshot(`
    "kept   Pulumi.yaml
    wrote  Pulumi.dev.yaml
    wrote  package.json
    wrote  tsconfig.json
    kept   index.ts
    wrote  .gitignore

    Next:
      npm install pulumi-domo-s3-export@0.1.0 @pulumi/pulumi @pulumi/aws typescript@6
      pulumi stack init dev
      pulumi config set domo:instance acme
      pulumi config set aws:region eu-west-3
      pulumi config set dataset <id of the dataset>
      export DOMO_DEVELOPER_TOKEN=…
      npx --no-install pulumi-domo-s3-export doctor
      pulumi preview
    "
  `);
});

test("a dataset that can't be read is a sentence, and nothing is written", async () => {
  const folder = emptyFolder();
  const { code, stdout, stderr } = await command(folder, ["init", "new", "--dataset", "none"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("there is no such dataset in this instance");
  expect(readdirSync(folder)).toEqual([]);
});
