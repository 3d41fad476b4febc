import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { expect, test } from "vitest";
import { z } from "zod";
import { paintWith } from "../../cli/colors";
import { widthOf } from "../../cli/columns";
import { type Check, checked, doctorReport } from "../../cli/doctor/check";
import { encryptionFinding, ownerFinding } from "../../cli/doctor/checks/aws";
import { clockFinding } from "../../cli/doctor/checks/clocks";
import { checkVersions } from "../../cli/doctor/checks/versions";
import { isAtLeast } from "../../cli/doctor/installed";
import { renderMarkdown, renderText } from "../../cli/doctor/write";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";
import { installInto } from "../support/doctor";

const golden = (file: string) => join(projectRoot, "test/cli/golden", file);

const checks: Check[] = [
  { name: "Node", verdict: "ok", text: "Node 24.1.0" },
  {
    name: "TypeScript",
    verdict: "fail",
    text: "Pulumi runs no program with TypeScript 7.0.1",
    advice: "run npm install typescript@6",
  },
  {
    name: "row policies",
    verdict: "warn",
    text: "Domo does not show the row policies (HTTP 403)",
    advice: "the export runs",
  },
  {
    name: "dataset",
    verdict: "ok",
    text: '"A | `name` <b>\u202e" with 1,896 rows and a name that is longer than most lines are',
  },
  { name: "bucket", verdict: "skipped", text: "give --bucket" },
];

test.each([60, 80, 120])(
  "the report in a terminal of %d columns is as it was looked at, and no line is wider",
  async (width) => {
    const text = renderText({ checks }, { width, paint: paintWith(false) });
    for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(width);
    await expect(text).toMatchFileSnapshot(golden(`doctor-${width}.txt`));
  },
);

test("the report as Markdown is as it was looked at", async () => {
  await expect(renderMarkdown({ checks })).toMatchFileSnapshot(golden("doctor.md"));
});

/** The findings in a folder with these packages, and a `pulumi` that says this version. */
async function versions(
  packages: Record<string, string>,
  { node = "24.0.0", cli = "v3.259.0", own = {}, project = "runtime: nodejs\n", files = {}, all = false } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "domo-doctor-versions-"));
  writeFileSync(join(folder, "Pulumi.yaml"), project);
  for (const [name, text] of Object.entries<string>(files)) writeFileSync(join(folder, name), text);
  installInto(folder, packages);
  const package_ = join(folder, "node_modules/pulumi-domo-s3-export");
  mkdirSync(package_, { recursive: true });
  installInto(package_, own);
  const path = process.env.PATH;
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\necho ${cli}\n`);
  chmodSync(join(folder, "pulumi"), 0o755);
  process.env.PATH = `${folder}:${path}`;
  try {
    const found = await checkVersions({ folder, own: package_, node });
    return found
      .filter(({ verdict }) => all || verdict !== "ok")
      .map(({ name, verdict, text, advice }) => `${verdict} ${name}: ${text}${advice ? ` → ${advice}` : ""}`);
  } finally {
    process.env.PATH = path;
  }
}
const fine = { "@pulumi/pulumi": "3.248.0", typescript: "6.0.3" };

test("versions that work together are fine", async () => {
  expect(await versions(fine)).toEqual([]);
  expect(await versions(fine, { node: "20.18.1" })).toEqual([]);
});

test.each([
  [
    "TypeScript 7",
    { ...fine, typescript: "7.0.1" },
    {},
    "fail TypeScript: Pulumi runs no program with TypeScript 7.0.1 → run npm install typescript@6",
  ],
  [
    "no TypeScript",
    { "@pulumi/pulumi": "3.248.0" },
    {},
    "warn TypeScript: TypeScript is not installed here → run npm install typescript@6 unless the program is JavaScript",
  ],
  ["an old Node", fine, { node: "20.18.0" }, "fail Node: Node 20.18.0 is too old → install Node 20.18.1 or newer"],
  [
    "an old Pulumi",
    fine,
    { cli: "v3.199.9" },
    "fail Pulumi CLI: Pulumi v3.199.9 is too old → install Pulumi 3.200.0 or newer",
  ],
  [
    "an SDK that needs a newer Node",
    { ...fine, "@pulumi/pulumi": "3.249.0" },
    { node: "20.20.0" },
    "fail Pulumi SDK: @pulumi/pulumi 3.249.0 needs Node 22, and this is Node 20.20.0 → update Node, or install @pulumi/pulumi@3.248.0",
  ],
  [
    "an SDK that is not known",
    { ...fine, "@pulumi/pulumi": "4.0.0" },
    {},
    "fail Pulumi SDK: @pulumi/pulumi 4.0.0 is not supported → install @pulumi/pulumi 3.200 or newer, below 4",
  ],
  [
    "two copies of the SDK",
    fine,
    { own: { "@pulumi/pulumi": "3.240.0" } },
    "fail one Pulumi SDK: the program uses @pulumi/pulumi 3.248.0, and this package another copy (3.240.0) → run npm dedupe, and remove links to packages outside of the project",
  ],
  [
    "the plugin on an engine that can't import with it",
    fine,
    { cli: "v3.251.0", project: "runtime: nodejs\npackages:\n  domo: ./plugin\n" },
    "warn Pulumi CLI: Pulumi v3.251.0 can't import exports with the plugin → install Pulumi 3.252.0 or newer",
  ],
  [
    "a program in another language without the plugin",
    {},
    { project: "runtime:\n  name: python\n" },
    "fail plugin: Pulumi.yaml does not name the plugin → add domo: ./node_modules/pulumi-domo-s3-export/plugin under packages:",
  ],
])("%s is found", async (_, packages, options, line) => {
  expect(await versions(packages as unknown as Record<string, string>, options)).toEqual([line]);
});

test.each(["yaml", "python"])("a %s program needs neither TypeScript nor the SDK of Node", async (runtime) => {
  expect(await versions({}, { project: `runtime: ${runtime}\npackages:\n  domo: ./plugin\n` })).toEqual([]);
});

test("a TypeScript program that is an ES module is refused where Node can't load it", async () => {
  const files = { "package.json": JSON.stringify({ type: "module" }), "index.ts": "" };
  const old = { node: "22.17.0", files };
  expect(await versions(fine, old)).toEqual([
    'fail TypeScript: Node 22.17.0 can\'t load a TypeScript program with "type": "module" → compile it (npx tsc --outDir bin) and write main: bin/index.js into Pulumi.yaml, or update Node, or remove "type"',
  ]);
  for (const loads of [
    { ...old, node: "22.18.0" },
    { ...old, project: "runtime: nodejs\nmain: bin/index.js\n" },
    { ...old, files: { ...files, "package.json": "{}" } },
    { ...old, files: { ...files, "index.js": "" } },
    { ...old, files: { "package.json": files["package.json"] } },
  ])
    expect(await versions(fine, loads)).toEqual([]);
});

test("a second gRPC is named", async () => {
  const own = { "@grpc/grpc-js": "1.9.0" };
  expect(await versions({ ...fine, "@grpc/grpc-js": "1.14.7" }, { own, all: true })).toContain(
    "ok one Pulumi SDK: one copy of @pulumi/pulumi, which uses gRPC 1.14.7; a second gRPC (1.9.0) does no harm",
  );
});

test("versions are compared by number, not by letter", () => {
  expect([
    isAtLeast("v3.259.0", "3.200.0"),
    isAtLeast("3.99.0", "3.200.0"),
    isAtLeast("20.18.1-rc.1", "20.18.1"),
  ]).toEqual([true, false, true]);
});

test.each([
  ["Domo's", 9_000, "ok"],
  ["Domo's", -14 * 60_000, "ok"],
  ["Domo's", 16 * 60_000, "warn"],
  ["S3's", -14 * 60_000, "warn"],
  ["S3's", 16 * 60_000, "fail"],
] as const)("%s clock that is %d ms off is %s", (whose, difference, verdict) => {
  expect(clockFinding({ whose, theirs: 1e12 + difference, ours: 1e12 }).verdict).toBe(verdict);
});

const settings = { grants: [], website: false, unreadable: [] };

test("a bucket of another account fails, and one whose owner is not known is skipped", () => {
  const own = "123456789012";
  expect(ownerFinding({ ...settings, notOwnedBy: own }, own)).toEqual({
    verdict: "fail",
    text: "the bucket does not belong to account 123456789012",
    advice: "correct bucket, or set expectedBucketOwner to the account that owns it",
  });
  expect(ownerFinding(undefined, own)).toMatchObject({ verdict: "skipped" });
  expect(ownerFinding(settings, undefined)).toMatchObject({ verdict: "skipped" });
});

test.each([
  ["no default encryption", {}, undefined, "warn", "the bucket has no default encryption"],
  ["a key of the export", {}, "arn:aws:kms:eu-west-3:123456789012:key/1", "ok", "none by default; exports use key …"],
  [
    "a setting that is not shown",
    { unreadable: [{ setting: "default encryption", action: "s3:GetEncryptionConfiguration", code: "AccessDenied" }] },
    undefined,
    "skipped",
    "the caller may not read the bucket's encryption",
  ],
] as const)("%s is found", (_, differing, kmsKeyId, verdict, text) => {
  const found = encryptionFinding({ ...settings, ...differing }, { bucket: "acme", kmsKeyId, rowPolicies: false });
  expect([found.verdict, found.text.replace(/arn:\S+/, "…")]).toEqual([verdict, text]);
});

test("an error that was not foreseen is named without what it says", async () => {
  const found = await checked("any", () => {
    throw new TypeError("marked-secret");
  });
  expect(found).toEqual({
    name: "any",
    verdict: "fail",
    text: "the check itself failed (TypeError)",
    advice: "report this as a bug",
  });
});

test("the published schema is the one that the report is made by", async () => {
  const path = join(projectRoot, "docs/doctor.schema.json");
  const text = JSON.stringify(z.toJSONSchema(doctorReport));
  await expect(await format(text, { ...(await resolveConfig(path)), parser: "json" })).toMatchFileSnapshot(path);
});

test.each([
  [["--live"], "--live exports ten rows; give --dataset, --role, --bucket, --path too\n"],
  [
    ["--live", "--dataset", "d", "--role", "r", "--bucket", "b", "--path", "p"],
    "--live exports ten rows of the dataset to the bucket, up to ten times; give --yes if you agree\n",
  ],
])("%j is refused before anything is asked", async (args, line) => {
  const { code, stderr } = await runCommand(process.execPath, [
    join(projectRoot, "dist/cli/main.js"),
    "doctor",
    ...args,
  ]);
  expect({ code, stderr }).toEqual({ code: 64, stderr: line });
});
