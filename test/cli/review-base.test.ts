import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { command as commandWith, copyProgram } from "../support/review";

/** A repository with the program in a folder below its root, committed with a fixed date so that its id is fixed. */
function repository(): { root: string; folder: string; git: (...args: string[]) => string } {
  const root = copyProgram("many");
  const folder = join(root, "infra");
  mkdirSync(folder);
  for (const file of readdirSync(root))
    if (!["infra", "node_modules", "package.json"].includes(file)) renameSync(join(root, file), join(folder, file));
  writeFileSync(join(root, ".gitignore"), "node_modules\n");
  const date = "2024-01-31T12:00:00Z";
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, GIT_CONFIG_GLOBAL: "/dev/null" };
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, "-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      encoding: "utf8",
      env,
    });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--no-verify", "-m", "Exports");
  return { root, folder, git };
}

function edit(folder: string, ...changes: [from: string, to: string][]): void {
  const path = join(folder, "index.ts");
  let text = readFileSync(path, "utf8");
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(path, text);
}

// A folder of this file's own: others review at the same time, and their folders come and go.
const TMPDIR = mkdtempSync(join(tmpdir(), "domo-review-test-"));
const leftovers = () => readdirSync(TMPDIR).filter((name) => name.startsWith("domo-review-"));
const command = (folder: string, args: readonly string[]) => commandWith(folder, args, { TMPDIR });

test("a change is compared with the base: new columns first, wider filters and new destinations marked", async () => {
  const { root, folder, git } = repository();
  edit(
    folder,
    ['select("Order ID", "Region", "Sales")', 'select("Order ID", "Region", "Customer Name")'],
    ['inList("State", ["CA", "OR"])', 'inList("State", ["CA", "OR", "WA"])'],
    ['path: "domo/one-customer"', 'path: "public/one-customer"'],
    ['new DomoS3Export("later"', 'new DomoS3Export("soon"'],
    ['raw({ exprType: "LIKE" })', 'raw({ exprType: "ILIKE" })'],
  );
  const before = leftovers();
  const args = ["review", "--base", "main"];
  const { code, stdout, stderr } = await command(folder, args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const golden = (name: string) => join(projectRoot, "test/cli/golden", name);
  await expect(stdout).toMatchFileSnapshot(golden("compared.md"));
  await expect((await command(folder, [...args, "--format", "json"])).stdout).toMatchFileSnapshot(
    golden("compared.json"),
  );
  await expect((await command(folder, [...args, "--format", "text"])).stdout).toMatchFileSnapshot(
    golden("compared.txt"),
  );
  expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
  expect(leftovers()).toEqual(before);
  expect(readdirSync(root).sort()).toEqual([".git", ".gitignore", "infra", "node_modules", "package.json"]);

  const rules = ["--fail-on", "new-columns,new-destination,wider-filter"];
  const gate = await command(folder, [...args, ...rules]);
  expect(gate.code).toBe(2);
  expect(gate.stdout).toBe(stdout);
  expect(gate.stderr.split("\n").slice(0, 2)).toEqual([
    `wider-filter: by|region \`x\` <b>@all</b>: RAW('{"exprType":"LIKE"}') → RAW('{"exprType":"ILIKE"}'): can't be compared, look at it yourself`,
    "new-destination: one customer: domo/one-customer → public/one-customer: path changed",
  ]);
});

test("what only narrows passes every rule, and one rule is not another", async () => {
  const { folder } = repository();
  edit(folder, ['gte("Sales", 100)', 'gte("Sales", 200)']);
  const rules = "new-columns,new-destination,wider-filter";
  const narrower = await command(folder, ["review", "--base", "HEAD", "--fail-on", rules]);
  expect({ code: narrower.code, stderr: narrower.stderr }).toEqual({ code: 0, stderr: "" });
  expect(narrower.stdout).toContain(
    `**narrower filter** \`"Sales" >= 100 → "Sales" >= 200\`: lets fewer rows through than before`,
  );

  edit(folder, ['gte("Sales", 200)', 'gte("Sales", 50)']);
  expect((await command(folder, ["review", "--base", "HEAD", "--fail-on", "new-columns,new-destination"])).code).toBe(
    0,
  );
  expect((await command(folder, ["review", "--base", "HEAD", "--fail-on", "wider-filter"])).code).toBe(2);
});

test("a base needs a Git repository", async () => {
  const { root, folder } = repository();
  rmSync(join(root, ".git"), { recursive: true });
  expect(await command(folder, ["review", "--base", "main"])).toMatchObject({
    code: 64,
    stderr: `--base "main": the folder "${basename(folder)}" is in no Git repository; run git init and commit the program, or leave --base out\n`,
  });
});

test("a base that is no commit is wrong usage, and one that fails to run says so and leaves nothing", async () => {
  const { folder, git } = repository();
  const none = await command(folder, ["review", "--base", "mian"]);
  expect(none).toMatchObject({
    code: 64,
    stderr:
      '--base "mian" is no commit of the repository "program"; give a branch, tag or commit, and in CI fetch it first (fetch-depth: 0)\n',
  });
  edit(folder, ["import { Bucket }", 'throw new Error("broken base");\nimport { Bucket }']);
  git("commit", "--quiet", "--no-verify", "-am", "Break");
  git("checkout", "--quiet", "HEAD~1");
  const before = leftovers();
  const broken = await command(folder, ["review", "--base", "main"]);
  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain("broken base");
  expect(leftovers()).toEqual(before);
});
