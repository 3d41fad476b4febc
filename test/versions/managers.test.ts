import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runChecked, runCommand } from "../../local/process";
import { read } from "../docs/texts";
import { packInto } from "../support/packed";

const README = read("README.md");
const block = (language: string) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(README)?.[1] ?? "";
const program = `import { DomoS3Export, eq, select } from "pulumi-domo-s3-export";\n${block("ts")}`;

let root: string;
let archive: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "domo-managers-"));
  ({ archive } = await packInto(root));
  writeFileSync(join(root, "package.json"), "{}");
  await runChecked("npm", ["install", "--no-audit", "--no-fund", "pnpm@12.21.0", "yarn@1.22.22"], { cwd: root });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A project with README's program and `tsconfig.json`, and what the package manager installs for it. */
async function installWith(manager: string, args: readonly string[]): Promise<string> {
  const folder = join(root, `with-${manager}`);
  mkdirSync(folder);
  const sdk = (await import("@pulumi/pulumi/package.json")).default.version;
  const typescript = (await import("typescript/package.json")).default.version;
  const dependencies = { "pulumi-domo-s3-export": `file:${archive}`, "@pulumi/pulumi": sdk, typescript };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "exports", private: true, dependencies }));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: exports\nruntime: nodejs\n");
  writeFileSync(join(folder, "tsconfig.json"), block("json"));
  writeFileSync(join(folder, "index.ts"), program);
  writeFileSync(join(folder, "pnpm-workspace.yaml"), "allowBuilds: { protobufjs: false }\n");
  await runChecked(join(root, "node_modules/.bin", manager), ["install", ...args], { cwd: folder });
  return folder;
}

async function expectReview(folder: string): Promise<void> {
  const command = join(folder, "node_modules/.bin/pulumi-domo-s3-export");
  const { code, stdout, stderr } = await runCommand(command, ["review", "--stack", "dev"], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("1 export of 1 dataset, 3 columns in all.");
}

test("README's program, installed with pnpm, is reviewed as it is, and compiled as an ECMAScript module", async () => {
  const folder = await installWith("pnpm", ["--prefer-offline"]);
  await expectReview(folder);

  await runChecked("npm", ["pkg", "set", "type=module"], { cwd: folder });
  writeFileSync(join(folder, "Pulumi.yaml"), "name: exports\nruntime: nodejs\nmain: bin/index.js\n");
  await runChecked(join(folder, "node_modules/.bin/tsc"), ["--outDir", "bin"], { cwd: folder });
  await expectReview(folder);
});

test("README's program, installed with yarn, is reviewed as it is", async () => {
  // A cache of its own: yarn 1 takes an archive of the same name and version out of its cache, whatever is in it.
  await expectReview(await installWith("yarn", ["--non-interactive", "--cache-folder", join(root, "cache")]));
});
