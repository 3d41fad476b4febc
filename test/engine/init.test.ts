import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DoctorReport } from "../../cli/doctor/check";
import { ownSpec } from "../../cli/init/own-spec";
import type { ListReport } from "../../cli/list/report";
import { localToken, salesDataset } from "../../local/cloud";
import { projectRoot } from "../../local/paths";
import { runChecked, runCommand } from "../../local/process";
import { createWorkspace, type Workspace } from "../../local/workspace";
import { packInto } from "../support/packed";
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
    AWS_CONFIG_FILE: "/dev/null",
  };
  const { code, stdout, stderr } = await command(folder, ["init"], none);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" }); // and no warning of the AWS SDK
  expect(below(folder)).toMatchObject({ "index.ts": "// mine\n", "Pulumi.yaml": "name: mine\nruntime: nodejs\n" });
  const masked = stdout.replace(/@pulumi\/pulumi(@3.248.0)?/, "@pulumi/pulumi").replace(projectRoot, "<package>");
  expect(masked).toMatchInlineSnapshot(`
    "kept   Pulumi.yaml
    wrote  Pulumi.dev.yaml
    wrote  package.json
    wrote  tsconfig.json
    kept   index.ts
    wrote  .gitignore

    Next:
      npm install --install-links "<package>" @pulumi/pulumi @pulumi/aws typescript@6
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

test("the region of AWS's own configuration is used", async () => {
  const folder = emptyFolder();
  const config = join(folder, "aws-config");
  writeFileSync(config, "[default]\nregion = eu-west-3\n[profile two]\nregion = eu-north-1\n");
  const none = { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined, AWS_CONFIG_FILE: config };
  await command(folder, ["init", "one"], none);
  await command(folder, ["init", "two"], { ...none, AWS_PROFILE: "two" });
  const regions = ["one", "two"].map((name) => readFileSync(join(folder, name, "Pulumi.dev.yaml"), "utf8"));
  expect(regions.map((text) => /aws:region: "(.*)"/.exec(text)?.[1])).toEqual(["eu-west-3", "eu-north-1"]);
});

test("the printed install line installs the running copy, and the project previews", { timeout: 600_000 }, async () => {
  const source = emptyFolder();
  const { archive } = await packInto(source);
  writeFileSync(join(source, "package.json"), JSON.stringify({ name: "source", private: true }));
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund"];
  await runChecked("npm", ["install", ...quietly, "--legacy-peer-deps", archive], { cwd: source });

  const folder = emptyFolder();
  const own = join(source, "node_modules/pulumi-domo-s3-export/dist/cli/main.js");
  const env = { ...process.env, ...cloud.env };
  const init = await runChecked(process.execPath, [own, "init", "--dataset", salesDataset], { cwd: folder, env });
  const line = /^ {2}(npm install .*)$/m.exec(init.stdout)?.[1] ?? "";
  expect(line).toContain(`npm install ${JSON.stringify(archive)} @pulumi/pulumi`);
  // The stand-in for AWS has the version of this repository's own.
  const { version } = (await import("@pulumi/aws/package.json")).default;
  const install = line.replace(" @pulumi/aws ", ` @pulumi/aws@${version} `);
  await runChecked("sh", ["-c", `${install} ${quietly.join(" ")}`], { cwd: folder });
  const state = join(folder, "state");
  mkdirSync(state);
  const run = (...args: string[]) =>
    runChecked("pulumi", [...args, "--non-interactive", "--color=never"], {
      cwd: folder,
      env: { ...env, PULUMI_BACKEND_URL: `file://${state}`, PULUMI_STACK: "dev" },
    });
  await run("stack", "init", "dev");
  expect((await run("preview")).stdout).toMatch(/\+ 7 to create/);
});

test.each([
  ["a registry", "https://registry.npmjs.org/x.tgz", "pulumi-domo-s3-export@1.2.3"],
  ["an archive", "file:../made here/x.tgz", "<folder>/made here/x.tgz"],
  ["an archive that is gone", "file:../gone.tgz", "--install-links <folder>/app/node_modules/pulumi-domo-s3-export"],
])("a copy that came from %s is installed from where it can be found", (_, resolved, spec) => {
  const folder = realpathSync(emptyFolder());
  const own = join(folder, "app/node_modules/pulumi-domo-s3-export");
  mkdirSync(own, { recursive: true });
  mkdirSync(join(folder, "made here"));
  writeFileSync(join(folder, "made here/x.tgz"), "");
  writeFileSync(join(own, "package.json"), JSON.stringify({ name: "pulumi-domo-s3-export", version: "1.2.3" }));
  const packages = { "node_modules/pulumi-domo-s3-export": { resolved } };
  writeFileSync(join(folder, "app/node_modules/.package-lock.json"), JSON.stringify({ packages }));
  expect(ownSpec(own).replaceAll('"', "")).toBe(spec.replace("<folder>", folder));
});

test("a dataset that can't be read is a sentence, and nothing is written", async () => {
  const folder = emptyFolder();
  const { code, stdout, stderr } = await command(folder, ["init", "new", "--dataset", "none"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("there is no such dataset in this instance");
  expect(readdirSync(folder)).toEqual([]);
});
