import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { type CommandRun, command, copyProgram } from "../support/review";

const program = `
const pulumi = require("@pulumi/pulumi");
const { DomoS3Export, eq, select } = require("pulumi-domo-s3-export");
const config = new pulumi.Config();
const stack = pulumi.getStack();
const target = { dataset: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17", bucket: "acme-" + stack, roleArn: "arn:aws:iam::000000000042:role/export" };
console.log("exports of " + stack);
new DomoS3Export("orders", { ...target, query: select("Region", "Sales").where(eq("Region", config.get("region") ?? "West")), path: stack + "/orders" });
if (stack === "prod") new DomoS3Export("salaries", { ...target, query: select("Name", "Salary"), path: "prod/salaries" });
`;

let folder: string;
let git: (...args: string[]) => void;
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const review = (...args: string[]) => command(folder, ["review", ...args]);
const json = ({ stdout }: CommandRun) => JSON.parse(stdout) as import("../../cli/review/report").Report;

beforeAll(() => {
  folder = copyProgram("faults");
  write("index.js", program);
  write("Pulumi.dev.yaml", "config:\n  domo:instance: acme\n");
  write(
    "Pulumi.prod.yaml",
    "config:\n  domo:instance: acme\n  faults:region: East\n  faults:key:\n    secure: v1:one\n",
  );
  write(".gitignore", "node_modules\n");
  git = (...args) =>
    void execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
    });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "-m", "Exports");
});

test("all stacks are reviewed in one run: what differs between them comes first, an export of one stack too", async () => {
  const run = await review("--all-stacks");
  expect(run.code).toBe(0);
  expect(run.stderr.split("\n").sort()).toEqual(["", "dev: exports of dev", "prod: exports of prod"]);
  await expect(run.stdout).toMatchFileSnapshot(join(projectRoot, "test/cli/golden/stacks.md"));
  const table = await review("--all-stacks", "--format", "text");
  await expect(table.stdout).toMatchFileSnapshot(join(projectRoot, "test/cli/golden/stacks.txt"));
  const report = json(await review("--all-stacks", "--format", "json"));
  expect(report.stacks.map(({ stack, exports }) => [stack, exports.map(({ name }) => name)])).toEqual([
    ["dev", ["orders"]],
    ["prod", ["orders", "salaries"]],
  ]);
  expect(report.differences.map(({ what, exports }) => [what, exports])).toEqual([
    ["Declared", ["salaries"]],
    ["Rows", ["orders"]],
  ]);
});

test("stacks can be named, each once and in any order", async () => {
  const report = json(
    await review("--stack", "prod", "--stack", "acme/faults/dev", "--stack", "prod", "--format", "json"),
  );
  expect(report.stacks.map(({ stack }) => stack)).toEqual(["prod", "dev"]);
});

test("each stack has its lock file; a stack without one, and a lock without a stack, are found", async () => {
  expect(await review("--all-stacks", "--write-lock")).toMatchObject({ code: 0, stdout: "" });
  expect(await review("--all-stacks", "--check")).toMatchObject({ code: 0, stdout: "" });
  expect(readFileSync(join(folder, "exports.prod.lock.md"), "utf8")).toContain("`salaries`");
  expect(readFileSync(join(folder, "exports.dev.lock.md"), "utf8")).not.toContain("salaries");

  rmSync(join(folder, "exports.prod.lock.md"));
  write("exports.old.lock.md", "");
  const { code, stdout } = await review("--all-stacks", "--check");
  expect(code).toBe(2);
  expect(stdout).toContain('There is no "exports.prod.lock.md".');
  expect(stdout).toContain('"exports.old.lock.md" is of a stack that the project does not have: remove it.');
  rmSync(join(folder, "exports.old.lock.md"));
  rmSync(join(folder, "exports.dev.lock.md"));
});

test("a lock holds the address of the stack's settings, whatever the environment says; the report shows both", async () => {
  await review("--stack", "dev", "--write-lock");
  const lock = readFileSync(join(folder, "exports.dev.lock.md"), "utf8");
  expect(lock).toContain("- Domo address: `https://acme.domo.com`\n");
  const env = { DOMO_INSTANCE: "other" };
  expect(await command(folder, ["review", "--stack", "dev", "--check"], env)).toMatchObject({ code: 0 });
  const { stdout } = await command(folder, ["review", "--stack", "dev"], env);
  expect(stdout).toContain(
    "https&#58;//other.domo.com by the environment of this run, which wins; https&#58;//acme.domo.com by the stack's settings",
  );

  write("Pulumi.dev.yaml", "config:\n  domo:instance: acme\n  domo:baseUrl: https://evil.example\n");
  const { code, stdout: difference } = await review("--stack", "dev", "--check");
  expect(code).toBe(2);
  expect(difference).toContain("\n-- Domo address: `https://acme.domo.com`\n+- Domo address: `https://evil.example`\n");
  git("checkout", "--quiet", "Pulumi.dev.yaml");
  rmSync(join(folder, "exports.dev.lock.md"));
});

test("another Domo address is a new destination, in every format and for the gate", async () => {
  write(
    "Pulumi.prod.yaml",
    readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8").replace(
      "domo:instance: acme",
      "domo:baseUrl: https://evil.example",
    ),
  );
  const args = ["--all-stacks", "--base", "main", "--fail-on", "new-destination"];
  const markdown = await review(...args);
  expect(markdown.code).toBe(2);
  expect(markdown.stderr).toContain(
    "new-destination: prod: https://acme.domo.com → https://evil.example: the Domo address changed",
  );
  expect(markdown.stdout).toContain(
    "#### Stack prod changed\n\n- **NEW DESTINATION** `https://acme.domo.com → https://evil.example`",
  );
  expect((await review(...args, "--format", "text")).stdout).toContain(
    "NEW DESTINATION https://acme.domo.com → https://evil.example",
  );
  expect(json(await review(...args, "--format", "json")).stacks[1]?.comparison?.findings).toMatchObject([
    { mark: "new-destination" },
  ]);
  git("checkout", "--quiet", "Pulumi.prod.yaml");
});

test("a wrong address is a fault", async () => {
  write("Pulumi.dev.yaml", "config:\n  domo:instance: evil.example\n");
  const { code, stderr } = await review("--stack", "dev");
  expect(code).toBe(1);
  expect(stderr).toContain('fault: domo:instance (DOMO_INSTANCE) "evil.example" is not a Domo instance');
  git("checkout", "--quiet", "Pulumi.dev.yaml");
});

test("a secret setting that is set again, and another way out, are undecided", async () => {
  write("Pulumi.prod.yaml", readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8").replace("v1:one", "v1:two"));
  write(
    "index.js",
    `${program}\nnew pulumi.CustomResource("command:local:Command", "copy", { create: "aws s3 cp" });\n`,
  );
  const { code, stdout, stderr } = await review("--all-stacks", "--base", "main", "--fail-on", "new-destination");
  expect(code).toBe(2);
  expect(stderr).toContain("new-destination: prod: faults:key: the secret setting was set again");
  expect(stderr).toContain(
    'new-destination: dev: command:local:Command "copy": is new, and data can leave or be shared by it',
  );
  expect(stdout).toContain('- Also declares, by which data can leave too: `command:local:Command "copy"`');
  git("checkout", "--quiet", ".");
});

test("a stack that the base does not have is new as a whole, and one that is gone is said", async () => {
  write("Pulumi.stage.yaml", "config:\n  domo:instance: acme\n");
  rmSync(join(folder, "Pulumi.dev.yaml"));
  const report = json(await review("--all-stacks", "--base", "main", "--format", "json"));
  expect(report.notes).toEqual([
    'The stack "dev" is no longer in the project. What it has exported stays where it is.',
  ]);
  const stage = report.stacks.find(({ stack }) => stack === "stage")?.comparison;
  expect(stage?.findings).toMatchObject([{ mark: "new-destination" }]);
  expect(stage?.changes).toMatchObject([{ name: "orders", kind: "added" }]);
  rmSync(join(folder, "Pulumi.stage.yaml"));
  git("checkout", "--quiet", ".");
});

test("a stack whose program fails is reported as not reviewed, and the others are reviewed", async () => {
  write("index.js", `${program}\nif (stack === "prod") throw new Error("no catalogue");\n`);
  const { code, stdout, stderr } = await review("--all-stacks");
  expect(code).toBe(1);
  expect(stderr).toContain("no catalogue");
  expect(stdout).toContain("Stack `dev`: 1 export of 1 dataset, 2 columns in all.");
  expect(stdout).toContain(
    '**Stack `prod`: not reviewed.** the program of the project "faults" failed for stack "prod"',
  );
  expect((await review("--all-stacks", "--write-lock")).code).toBe(1);
  git("checkout", "--quiet", ".");
});
