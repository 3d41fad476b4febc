import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";

const folder = join(projectRoot, "examples/ci");
const pipelines = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yml"));
const commands = pipelines.flatMap((name) =>
  [...readFileSync(join(folder, name), "utf8").matchAll(/npx --no-install pulumi-domo-s3-export ([^|>\n]+)/g)].map(
    ([, line = ""]) => ({
      name,
      line: line.trim(),
    }),
  ),
);

async function run(line: string) {
  const words = line.match(/"[^"]*"|\S+/g) ?? [];
  const args = words.map((word) =>
    word
      .replace(/^"\$(LINK|CI_JOB_URL)"$/, "https://x.example")
      .replace(/^"\$.*"$/, "HEAD")
      .replace(/^"(.*)"$/, "$1"),
  );
  const cwd = mkdtempSync(join(tmpdir(), "pipeline-"));
  return runCommand(process.execPath, [join(projectRoot, "dist/cli/main.js"), ...args], { cwd });
}

test("the pipelines review all stacks, check their lock files, bound the comment and look for drift", () => {
  expect(
    commands
      .map(
        ({ name, line }) =>
          `${name}: ${line.split(" ").slice(0, 2).join(" ")}${line.includes("--check") ? " --check" : ""}`,
      )
      .sort(),
  ).toEqual([
    "github/comment.yml: comment report/review.json",
    "github/merge.yml: review --stack --check",
    "github/nightly.yml: drift --all-stacks",
    "github/pull-request.yml: comment review.json",
    "github/pull-request.yml: review --all-stacks",
    "github/pull-request.yml: review --all-stacks --check",
    "gitlab/.gitlab-ci.yml: comment review.json",
    "gitlab/.gitlab-ci.yml: drift --all-stacks",
    "gitlab/.gitlab-ci.yml: review --all-stacks",
    "gitlab/.gitlab-ci.yml: review --all-stacks --check",
    "gitlab/.gitlab-ci.yml: review --stack --check",
  ]);
});

test("npx can't fetch a package: no pipeline and no page of docs calls the command otherwise", () => {
  const pages = ["docs", "examples", "skills"].flatMap((below) =>
    readdirSync(join(projectRoot, below), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(md|json|ya?ml)$/.test(name) && !name.includes("node_modules"))
      .map((name) => join(projectRoot, below, name)),
  );
  const { bin } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { bin: object };
  expect(Object.keys(bin)).toEqual(["pulumi-domo-s3-export"]);
  for (const file of [...pages, join(projectRoot, "README.md"), join(projectRoot, "llms.txt")]) {
    for (const [call] of readFileSync(file, "utf8").matchAll(/\bnpx [^\n]*?domo-s3-export/g))
      expect(call, file).toBe("npx --no-install pulumi-domo-s3-export");
  }
});

// There is no project in the folder: a command line that is understood ends with that error, another one with the usage.
test.each(commands)("$name: $line is understood", async ({ line }) => {
  const { code, stderr } = await run(line);
  expect(code).toBeGreaterThan(0);
  expect(stderr).not.toContain('--help"');
});

test("a command line with a misspelt option is not understood", async () => {
  const { code, stderr } = await run("drift --stak prod");
  expect(code).toBe(64);
  expect(stderr).toContain('see "pulumi-domo-s3-export drift --help"');
});
