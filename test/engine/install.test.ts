import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { cacheDir, projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";
import { packInto } from "../support/packed";
import { createProject } from "../support/project";
import { startTestCloud, type TestCloud } from "../support/stack";

const folders: string[] = [];
let cloud: TestCloud;
let installed: string;
let packed: string[];

beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.1 } });
  installed = newFolder(tmpdir());
  const { archive, files } = await packInto(installed);
  packed = files;
  writeFileSync(join(installed, "package.json"), JSON.stringify({ name: "installed", private: true }));
  const sdk = (await import("@pulumi/pulumi/package.json")).default.version;
  const policy = (await import("@pulumi/policy/package.json")).default.version;
  const wanted = [archive, `@pulumi/pulumi@${sdk}`, `@pulumi/policy@${policy}`];
  await runChecked("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...wanted], { cwd: installed });
}, 900_000);
afterAll(async () => {
  await cloud.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}, 60_000);

function newFolder(parent: string): string {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "install-"));
  folders.push(folder);
  return folder;
}

const query = { columns: [{ exprType: "COLUMN", column: "Region" }] };
const argsOf = (path: string) => ({ dataset: salesDataset, query, bucket: cloud.bucket, path, roleArn: cloud.roleArn });

/** Brings one export up in the folder and returns the text that state keeps of the provider. */
async function providerTextOf(folder: string, path: string): Promise<string> {
  await cloud.emulator.control.advanceData({ dataset: salesDataset });
  const project = await createProject(cloud, folder, argsOf(path));
  await project.pulumi("up", "--yes", "--skip-preview");
  const state = await project.state();
  expect(state?.outputs).toMatchObject({ exportStatus: "success", origin: "created" });
  expect(await cloud.s3.dataKeys(cloud.bucket, `${path}/`)).toEqual(
    (state?.outputs?.files as { key: string }[]).map(({ key }) => key),
  );
  return String(state?.inputs?.__provider);
}

test("an installed tarball, a symlink and the repository itself export alike, with one provider text", async () => {
  const texts = [await providerTextOf(installed, "exports/installed")];

  const linked = newFolder(tmpdir());
  writeFileSync(join(linked, "package.json"), JSON.stringify({ name: "linked", private: true }));
  mkdirSync(join(linked, "node_modules"));
  symlinkSync(projectRoot, join(linked, "node_modules", "pulumi-domo-s3-export"));
  symlinkSync(join(installed, "node_modules", "@pulumi"), join(linked, "node_modules", "@pulumi"));
  texts.push(await providerTextOf(linked, "exports/linked"));

  texts.push(await providerTextOf(newFolder(cacheDir), "exports/inside"));
  expect(new Set(texts).size).toBe(1);
  expect(Buffer.byteLength(texts[0] ?? "")).toBeLessThanOrEqual(1500);
  expect(texts[0]).toContain(`import("pulumi-domo-s3-export/lifecycle")`);
  expect(texts[0]).not.toContain(projectRoot);
}, 300_000);

test("the plugin runs from an installed tarball, as its executable and by its PulumiPlugin.yaml", async () => {
  await cloud.emulator.control.advanceData({ dataset: salesDataset });
  const path = "exports/plugin";
  const project = await createProject(cloud, installed, { ...argsOf(path), deleteObjects: true }, "plugin");
  const up = ["up", "--yes", "--skip-preview"];
  await project.pulumi(...up);
  const state = await project.state();
  expect(state).toMatchObject({ type: "domo:index:S3Export", outputs: { exportStatus: "success", origin: "created" } });
  expect(await cloud.s3.dataKeys(cloud.bucket, `${path}/`)).toEqual(
    (state?.outputs?.files as { key: string }[]).map(({ key }) => key),
  );
  await project.pulumi(...up, "--refresh", "--expect-no-changes");
  await project.pulumi("destroy", "--yes", "--skip-preview");
  expect(await cloud.s3.keys(cloud.bucket, `${path}/`)).toEqual([]);

  const plugin = join(installed, "node_modules", "pulumi-domo-s3-export", "plugin");
  rmSync(join(plugin, "pulumi-resource-domo"));
  const schema = JSON.parse(await project.pulumi("package", "get-schema", plugin)) as { resources: object };
  expect(Object.keys(schema.resources)).toEqual(["domo:index:S3Export"]);
}, 300_000);

test("the policy pack runs from an installed tarball", async () => {
  const project = await createProject(cloud, newFolder(installed), argsOf("exports/pack"));
  const pack = join(installed, "node_modules", "pulumi-domo-s3-export", "policy");
  const said = await project.pulumi("preview", "--policy-pack", pack);
  expect(said).toContain("path-names-environment");
  expect(said).toContain('path "exports/pack" has none of "test" as a component');
}, 120_000);

test("the tarball holds the compiled provider, command line and policy pack with their types, the documents, and nothing else", () => {
  const below = (folder: string, ending: string) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(ending))
      .map((name) => `${folder}/${name}`);
  const compiled = [
    ...below("provider", ".ts"),
    ...below("cli", ".ts"),
    ...below("policy", ".ts"),
    ...below("plugin", ".ts"),
  ]
    .map((source) => `dist/${source.replace(/\.ts$/, "")}`)
    .flatMap((base) => [`${base}.js`, `${base}.d.ts`]);
  const documents = ["CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "llms.txt", "package.json"];
  const shipped = [
    ...below("docs", ".md"),
    ...below("docs", ".schema.json"),
    ...below("docs", ".svg"),
    ...below("skills", ".md"),
  ];
  const pack = ["policy/PulumiPolicy.yaml", "policy/package.json"];
  const plugin = ["PulumiPlugin.yaml", "package.json", "pulumi-resource-domo", "schema.json"].map(
    (name) => `plugin/${name}`,
  );
  expect([...packed].sort()).toEqual([...documents, ...shipped, ...pack, ...plugin, ...compiled].sort());
});

test("a program type-checks against the packed types", async () => {
  const program = `
import * as pulumi from "@pulumi/pulumi";
import { DomoS3Export, eq, select, type DomoS3ExportArgs } from "pulumi-domo-s3-export";
const args: DomoS3ExportArgs = {
  dataset: "d",
  query: select("Region").where(eq("Region", "West")),
  bucket: pulumi.output("bucket"),
  path: "exports",
  roleArn: pulumi.interpolate\`arn:aws:iam::123456789012:role/\${"export"}\`,
};
const made = new DomoS3Export("sales", args);
export const keys: pulumi.Output<string[]> = made.files.apply((files) => files.map(({ key }) => key));
// @ts-expect-error a number is no bucket
new DomoS3Export("wrong", { ...args, bucket: 1 });
// @ts-expect-error there is no such argument
new DomoS3Export("misspelt", { ...args, buckets: "b" });
`;
  writeFileSync(join(installed, "program.ts"), program);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    target: "es2022",
    module: "nodenext",
    types: [],
    skipLibCheck: true,
  };
  writeFileSync(join(installed, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
  const tsc = join(projectRoot, "node_modules", "typescript", "bin", "tsc");
  await runChecked("node", [tsc, "--project", installed], { cwd: installed });
}, 120_000);
