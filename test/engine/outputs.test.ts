import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ordersDataset } from "../../emulator/make-orders";
import { localToken, salesDataset } from "../../local/cloud";
import { openBucket } from "../../local/aws-fixtures";
import { projectRoot } from "../../local/paths";
import { type CommandResult, runCommand } from "../../local/process";
import { createWorkspace, type Workspace } from "../../local/workspace";
import { expectOutput } from "../support/golden";
import { createPolicyWorkspace } from "../support/policy-run";
import { startTestCloud, type TestCloud } from "../support/stack";

const returnsDataset = "a0000000-0000-4000-8000-000000000002";
let cloud: TestCloud;
let workspace: Workspace;
beforeAll(async () => {
  const datasets = [ordersDataset({ id: salesDataset }), ordersDataset({ id: returnsDataset })];
  const access = { [salesDataset]: "READ", [returnsDataset]: "READ" };
  const users = [{ token: localToken, id: 27, displayName: "Dana Reader", datasets: access }];
  cloud = await startTestCloud({ emulator: { datasets, users, exportSeconds: 0.2, reuse: "never" } });
}, 900_000);
afterAll(() => cloud.stop());

const programOf = (exports: string) => `
const { DomoS3Export, select } = require("pulumi-domo-s3-export");
const common = { dataset: "${salesDataset}", bucket: "${cloud.bucket}", roleArn: "${cloud.roleArn}" };
${exports}`;

/** What a command writes, with the names of a user in place of this cloud's. */
async function written(...args: string[]): Promise<CommandResult> {
  const env = { ...process.env, ...cloud.env, ...workspace.env, COLUMNS: "120", FORCE_COLOR: undefined };
  const main = join(projectRoot, "dist/cli/main.js");
  const run = await runCommand(process.execPath, [main, ...args], { cwd: workspace.folder, env });
  return { code: run.code, stdout: named(run.stdout), stderr: named(run.stderr) };
}

const named = (text: string) =>
  text.replaceAll(cloud.emulator.url, "https://acme.domo.com").replaceAll(cloud.bucket, "acme-exports");

test("the drift gate's report in each format", async () => {
  const program = programOf(`
const orders = { ...common, query: select("Order ID") };
const regions = { ...common, query: select("Region") };
new DomoS3Export("orders", { ...orders, onNewData: "ignore", path: "exports/orders" });
new DomoS3Export("orders-by-region", { ...regions, onNewData: "ignore", path: "exports/orders-by-region" });
new DomoS3Export("returns", { ...orders, dataset: "${returnsDataset}", path: "exports/returns" });`);
  workspace = await createWorkspace({ env: cloud.env, files: { "index.js": program }, stack: "prod" });
  const up = await workspace.run(["up", "--yes", "--skip-preview"]);
  expect(up.code, up.stdout).toBe(0);
  await cloud.s3.remove(cloud.bucket, (await cloud.s3.dataKeys(cloud.bucket, "exports/orders-by-region/"))[0]!);
  await cloud.emulator.control.advanceData({ dataset: returnsDataset });

  const { stdout, stderr } = await written("drift", "--stack", "prod");
  const [begin, end] = stderr.trimEnd().split("\n");
  const command = "npx --no-install pulumi-domo-s3-export drift --stack prod";
  await expectOutput(`$ ${command}\n${begin}\n${stdout}${end}\n`, "test/engine/golden/drift.txt");
  for (const [format, file] of [
    ["markdown", "drift.md"],
    ["json", "drift.json"],
    ["junit", "drift.xml"],
  ] as const) {
    const report = await written("drift", "--stack", "prod", "--format", format, "--output", file);
    expect(report.code).toBe(2);
    await expectOutput(readFileSync(join(workspace.folder, file), "utf8"), `test/engine/golden/${file}`);
  }
});

test("the doctor's report of a bucket that is open", async () => {
  await openBucket(cloud.moto, cloud.bucket);
  const { code, stdout } = await written("doctor", "--bucket", cloud.bucket);
  expect(code).toBe(1);
  await expectOutput(stdout, "test/engine/golden/doctor.txt");
});

test("violations of the policy pack", async () => {
  const program = programOf(`
const keys = { roleArn: undefined, allowLongLivedCredentials: true };
new DomoS3Export("customers", { ...common, ...keys, query: select("Region", "Customer Name"), path: "exports/customers" });`);
  const judged = await createPolicyWorkspace(cloud, program);
  const { text } = await judged.judge(["preview"], { "forbidden-columns": { terms: ["customer name"] } });
  const [policies = ""] = /^Policies:\n.*?\n(?=\n)/ms.exec(named(text)) ?? [];
  await expectOutput(policies, "test/engine/golden/policies.txt");
});
