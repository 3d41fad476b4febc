import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installNewest, type NewestInstall } from "../../local/newest-install";
import { salesDataset } from "../../local/cloud";
import { nodeScript } from "../../local/engine";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";
import { installedCopy } from "../support/installed-copy";
import { createProject } from "../support/project";
import { startTestCloud, type TestCloud } from "../support/stack";

let newest: NewestInstall;
let folder: string;
let cloud: TestCloud;
beforeAll(async () => {
  newest = await installNewest();
  folder = installedCopy({ from: newest.modules });
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.1 } });
}, 600_000);
afterAll(async () => {
  await cloud.stop();
  rmSync(dirname(folder), { recursive: true });
});

test("review answers the provider functions of a program under the newest SDK and Node", async () => {
  writeFileSync(
    join(folder, "index.js"),
    `const pulumi = require("@pulumi/pulumi");
const { DomoS3Export, eq, select } = require("pulumi-domo-s3-export");
console.log(require("@pulumi/pulumi/package.json").version, process.version);
const caller = pulumi.output(pulumi.runtime.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}, {}));
new DomoS3Export("orders", {
  dataset: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17",
  query: select("Region").where(eq("Region", "West")),
  bucket: "acme-exports",
  path: "orders",
  roleArn: pulumi.interpolate\`arn:aws:iam::\${caller.id}:role/export\`,
});\n`,
  );
  const main = join(folder, "node_modules/pulumi-domo-s3-export/dist/cli/main.js");
  const { code, stdout, stderr } = await runCommand(newest.node, [main, "review", "--stack", "dev"], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "3.270.0 v24.21.0\n" });
  expect(stdout).toContain("1 export of 1 dataset, 1 column in all.");
});

/** The engine, first on PATH, with hosts that the newest Node runs. */
function withNewestNode(): TestCloud {
  const bin = join(dirname(folder), "bin");
  mkdirSync(bin);
  symlinkSync(newest.node, join(bin, "node"));
  writeFileSync(
    join(bin, "pulumi-language-nodejs"),
    nodeScript(join(projectRoot, "dist/local/language-host.js"), newest.node),
    { mode: 0o755 },
  );
  for (const name of ["pulumi", "pulumi-resource-pulumi-nodejs"])
    symlinkSync(join(cloud.engine.folder, name), join(bin, name));
  return { ...cloud, env: { ...cloud.env, PATH: `${bin}${delimiter}${cloud.env.PATH}` } };
}

test("up delivers, and a second up changes nothing, under the newest SDK and Node", async () => {
  const query = { columns: [{ exprType: "COLUMN", column: "Region" }] };
  const args = { dataset: salesDataset, query, bucket: cloud.bucket, path: "exports/newest", roleArn: cloud.roleArn };
  const project = await createProject(withNewestNode(), folder, args);
  appendFileSync(
    join(folder, "index.js"),
    'console.log(require("@pulumi/pulumi/package.json").version, process.version);\n',
  );
  const said = await project.pulumi("up", "--yes", "--skip-preview");
  expect(said).toContain("3.270.0 v24.21.0");
  const state = await project.state();
  expect(state?.outputs).toMatchObject({ exportStatus: "success", origin: "created" });
  expect(await cloud.s3.dataKeys(cloud.bucket, "exports/newest/")).toEqual(
    (state?.outputs?.files as { key: string }[]).map(({ key }) => key),
  );
  expect(await project.pulumi("preview", "--expect-no-changes")).toContain("2 unchanged");
}, 300_000);
