import { readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DriftReport } from "../../cli/drift/report";
import { localToken, salesDataset } from "../../local/cloud";
import { installLanguages, type Languages } from "../../local/languages-install";
import { projectRoot } from "../../local/paths";
import { runChecked, runCommand } from "../../local/process";
import { createWorkspace, type Workspace } from "../../local/workspace";
import { filesBelow, findSecrets } from "../support/secrets";
import { exportOf, PLUGIN_PROJECT, startTestCloud, type TestCloud } from "../support/stack";

let cloud: TestCloud;
let languages: Languages;
beforeAll(async () => {
  [cloud, languages] = await Promise.all([startTestCloud({ emulator: { exportSeconds: 0.2 } }), installLanguages()]);
  cloud.env.PATH += delimiter + languages.folder;
}, 900_000);
afterAll(() => cloud.stop());

const limit = { timeout: 300_000 };
const up = ["up", "--yes", "--skip-preview"];

/** A copy of an example with a stack of its own. */
async function copy(example: string, edit = (text: string) => text): Promise<Workspace> {
  const folder = join(projectRoot, "examples", example);
  const texts = readdirSync(folder).map((name) => [name, edit(readFileSync(join(folder, name), "utf8"))]);
  return createWorkspace({ env: cloud.env, files: Object.fromEntries(texts) as Record<string, string> });
}

async function must(workspace: Workspace, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, stdout, stderr } = await workspace.run(args, { env: { ...cloud.env, ...workspace.env, ...env } });
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

/** Every step of the example: what preview says, what is delivered, that nothing changes again, that all of it goes. */
async function expectLife(workspace: Workspace): Promise<void> {
  await cloud.emulator.control.advanceData({ dataset: salesDataset });
  const before = (await cloud.emulator.control.exports()).length;
  const rules = { "forbidden-columns": { enforcementLevel: "advisory", terms: ["customer"] } };
  workspace.write({ "rules.json": JSON.stringify(rules) });
  const pack = ["--policy-pack", join(projectRoot, "policy"), "--policy-pack-config", "rules.json"];
  const judged = await must(workspace, ["preview", ...pack]);
  expect(judged).toContain("domo:index:S3Export sales create");
  expect(judged).toMatch(/\[advisory\].* forbidden-columns +\(domo:index:S3Export: sales\)[^]*"Customer Name"/);
  expect(await cloud.emulator.control.exports()).toHaveLength(before);
  await must(workspace, up);
  const state = await exportOf(workspace, "sales");
  expect(state).toMatchObject({ type: "domo:index:S3Export", outputs: { exportStatus: "success", origin: "created" } });
  const [file] = state?.outputs?.files as { key: string; rows: number }[];
  const csv = gunzipSync(await cloud.s3.get(String(state?.outputs?.bucket), file?.key ?? "")).toString();
  const [header, ...rows] = csv.split("\n").filter(Boolean);
  expect(header?.trim()).toBe("Order ID,Order Date,Customer Name,Region,Sales");
  expect(rows.length).toBe(file?.rows);
  expect(rows.every((row) => row.includes(",West,"))).toBe(true);
  const outputs = JSON.parse(await must(workspace, ["stack", "output", "--json"])) as Record<string, unknown>;
  expect(outputs).toMatchObject({ rowCount: file?.rows, bucketName: state?.outputs?.bucket });
  await must(workspace, [...up, "--expect-no-changes"]);
  await must(workspace, ["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
  const { deployment } = await workspace.stackExport();
  const document = (type: string, name: string) =>
    String(deployment.resources?.find((one) => one.type === type)?.inputs?.[name]);
  expect(document("aws:iam/role:Role", "assumeRolePolicy")).toContain("sts:TagSession");
  expect(document("aws:iam/rolePolicy:RolePolicy", "policy")).toContain("s3:PutObject");
  expect(findSecrets(new Map([["token", localToken]]), filesBelow(join(workspace.folder, "state")))).toEqual([]);
  expect(await driftOf(workspace)).toEqual({ code: 0, kinds: [] });
  await cloud.s3.remove(String(state?.outputs?.bucket), file?.key ?? "");
  expect(await driftOf(workspace)).toEqual({ code: 2, kinds: ["object-missing"] });
  await must(workspace, ["destroy", "--yes", "--skip-preview"]);
}

/** What the command `drift` finds of the export. */
async function driftOf({ folder, env }: Workspace): Promise<{ code: number; kinds: string[] }> {
  const command = [join(projectRoot, "dist/cli/main.js"), "drift", "--stack", "test", "--format", "json"];
  const all = { ...process.env, ...cloud.env, ...env };
  const { code, stdout } = await runCommand(process.execPath, command, { cwd: folder, env: all });
  const { stacks } = JSON.parse(stdout) as DriftReport;
  return {
    code,
    kinds: stacks.flatMap(({ exports }) => exports.flatMap(({ drift }) => drift.map(({ kind }) => kind))),
  };
}

test("schema.json is one that Pulumi's generators accept, and SDKs are generated from it", limit, async () => {
  const schema = join(projectRoot, "plugin/schema.json");
  const { folder } = await copy("yaml-sales-export");
  for (const [language, file] of [
    ["python", "pulumi_domo/s3_export.py"],
    ["nodejs", "s3export.ts"],
  ] as const) {
    const { stderr } = await runChecked(languages.sdkgen, [language, schema, join(folder, "sdk", language)]);
    expect(stderr).toBe("");
    expect(readFileSync(join(folder, "sdk", language, file), "utf8")).toContain("pulumi-nodejs:dynamic/domo:S3Export");
  }
});

test("the SDK for Node compiles by its own script, and a program in TypeScript exports with it", limit, async () => {
  const program = `import * as domo from "./sdk";

const dataset = "${salesDataset}";
const sql = \`SELECT "Region" FROM dataset WHERE "Region" = 'West'\`;
const args: domo.S3ExportArgs = { dataset, sql, bucket: "${cloud.bucket}", path: "exports/sdk", roleArn: "${cloud.roleArn}" };
const sales = new domo.S3Export("sales", { ...args, verify: domo.Verify.Rows, expectRows: { min: 1 } });
export const { exportStatus, rowCount } = sales;
export const keys = sales.files.apply((files) => files.map(({ key }) => key));
export const counted = domo.countRowsOutput({ dataset, sql }).rows;
export function wrong(): void {
  // @ts-expect-error a number is no bucket
  new domo.S3Export("wrong", { ...args, bucket: 1 });
  // @ts-expect-error there is no such argument
  new domo.S3Export("misspelt", { ...args, buckets: "b" });
}
`;
  const files = {
    "Pulumi.yaml": PLUGIN_PROJECT.replace("typescript: false", "typescript: true"),
    "tsconfig.json": JSON.stringify({
      compilerOptions: { strict: true, target: "es2022", module: "nodenext", skipLibCheck: true, types: [] },
      files: ["index.ts"],
    }),
    "index.ts": program,
  };
  const workspace = await createWorkspace({ env: cloud.env, files });
  const sdk = join(workspace.folder, "sdk");
  await runChecked(languages.sdkgen, ["nodejs", join(projectRoot, "plugin/schema.json"), sdk]);
  const tools = join(projectRoot, "node_modules/.bin"); // where npm lets scripts find tsc
  const env = { ...process.env, PATH: tools + delimiter + process.env.PATH };
  await runChecked(process.execPath, ["scripts/postinstall.js"], { cwd: sdk, env });
  await cloud.emulator.control.advanceData({ dataset: salesDataset });
  await runChecked(join(tools, "tsc"), ["--noEmit"], { cwd: workspace.folder, env });
  await must(workspace, up);
  const outputs = JSON.parse(await must(workspace, ["stack", "output", "--json"])) as Record<string, unknown>;
  expect(outputs).toMatchObject({ exportStatus: "success", counted: outputs.rowCount });
  expect(outputs.keys).toEqual(await cloud.s3.dataKeys(cloud.bucket, "exports/sdk/"));
  await must(workspace, [...up, "--expect-no-changes"]);
});

test("the example in YAML lives its life", limit, async () => {
  await expectLife(await copy("yaml-sales-export"));
});

const west = `SELECT "Region" FROM dataset WHERE "Region" = 'West'`;

/** A program of one export. `more` are further lines of its properties, or options. */
const yamlProgram = (path: string, sql: string, more = "") => `name: bare
runtime: yaml
packages:
  domo: ./node_modules/pulumi-domo-s3-export/plugin
resources:
  sales:
    type: domo:S3Export
    properties:
      dataset: ${salesDataset}
      sql: ${JSON.stringify(sql)}
      bucket: ${cloud.bucket}
      path: ${path}
      roleArn: ${cloud.roleArn}
${more}`;

test(
  "a filter that changes in YAML is a line of SQL, and a misspelt column or argument fails the preview",
  limit,
  async () => {
    const bare = (sql: string, more?: string) => ({ "Pulumi.yaml": yamlProgram("exports/yaml", sql, more) });
    await cloud.emulator.control.advanceData({ dataset: salesDataset });
    const workspace = await createWorkspace({ env: cloud.env, files: bare(west) });
    await must(workspace, up);
    workspace.write(bare(west.replace("West", "East")));
    const diff = await must(workspace, ["preview", "--diff"]);
    expect(diff).toMatch(/~ sql *:[^]*- WHERE "Region" = 'West'[^]*\+ WHERE "Region" = 'East'/);
    workspace.write(bare(west.replace(`"Region" F`, `"Regoin" F`)));
    const column = await workspace.run(["preview"]);
    expect(column.code).not.toBe(0);
    expect(column.stdout + column.stderr).toContain(`no column "Regoin"; did you mean "Region"?`);
    workspace.write(bare(west, "      onNewdata: report\n"));
    const argument = await workspace.run(["preview"]);
    expect(argument.code).not.toBe(0);
    expect(argument.stdout + argument.stderr).toContain("onNewData");
  },
);

test(
  "onTimeout await in YAML: runs say 'still running' and what to do, and one up takes the export over",
  limit,
  async () => {
    const { control } = cloud.emulator;
    await control.setOptions({ exportSeconds: 3600 });
    const limits = `      onTimeout: await
    options:
      customTimeouts: { create: 2s, update: 2s }
outputs:
  rowCount: \${sales.rowCount}
`;
    await control.advanceData({ dataset: salesDataset });
    const files = { "Pulumi.yaml": yamlProgram("exports/long", west, limits) };
    const workspace = await createWorkspace({ env: cloud.env, files });
    const exportsOfIt = async () =>
      (await control.exports()).filter(({ order }) => order.path.startsWith("exports/long/"));
    // The host does not know the answer of a resource that goes on, as docs/plugin.md says; newer SDKs end with 10.
    for (const what of [
      "the export goes on at Domo and the next pulumi up looks for it; raise customTimeouts.create",
      "pulumi up takes it over once it has ended; run again later, or raise customTimeouts.create",
    ]) {
      const { code, stdout } = await workspace.run(up);
      expect(code).toBe(1);
      // Before it stands, at times, the engine's own "warning: resource is awaiting".
      expect(stdout).toMatch(
        /domo:index:S3Export \(sales\):\n(?: +warning: resource is awaiting\n)? +still running: Waited \d+ s for export/,
      );
      expect(stdout).toContain(what);
      expect(await exportOf(workspace, "sales")).toBeUndefined();
    }
    const [running] = await exportsOfIt();
    await control.finishExport({ exportId: running?.exportId ?? "" });
    await control.setOptions({ exportSeconds: 0.2 });
    await must(workspace, up);
    expect(await exportsOfIt()).toMatchObject([{ exportId: running?.exportId, status: "success" }]);
    expect(await exportOf(workspace, "sales")).toMatchObject({
      outputs: { exportId: running?.exportId, exportStatus: "success", timeoutSeconds: 3600 },
    });
    await must(workspace, [...up, "--expect-no-changes"]);
  },
);

test(
  "a token in plain stack configuration of a YAML program lies encrypted in state; Pulumi's history has it",
  limit,
  async () => {
    const token = localToken;
    const workspace = await copy("yaml-sales-export");
    await must(workspace, ["config", "set", "--plaintext", "domo:developerToken", token]);
    await cloud.emulator.control.advanceData({ dataset: salesDataset });
    await must(workspace, up, { DOMO_DEVELOPER_TOKEN: "" });
    const { deployment } = await workspace.stackExport();
    const provider = deployment.resources?.find(({ type }) => type === "pulumi:providers:domo");
    expect(provider?.inputs).toHaveProperty(["developerToken", "ciphertext"]);
    const leaks = findSecrets(new Map([["token", token]]), filesBelow(join(workspace.folder, "state")));
    expect(leaks.filter((leak) => !leak.includes("/history/"))).toEqual([]);
    await must(workspace, ["destroy", "--yes", "--skip-preview"], { DOMO_DEVELOPER_TOKEN: "" });
  },
);

test("the example in Python lives its life, by the SDK that pulumi package add generates", limit, async () => {
  const workspace = await copy("python-sales-export", (text) => text.replace(/packages:\n.*\n/, ""));
  await must(workspace, ["package", "add", "./node_modules/pulumi-domo-s3-export/plugin"]);
  expect(readFileSync(join(workspace.folder, "Pulumi.yaml"), "utf8")).toContain("packages:");
  await expectLife(workspace);
});
