import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";

const folder = join(projectRoot, "examples/ci");
const pipelines = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yml"));
const commands = pipelines.flatMap((name) =>
  [...readFileSync(join(folder, name), "utf8").matchAll(/npx domo-s3-export ([^|>\n]+)/g)].map(([, line = ""]) => ({
    name,
    line: line.trim(),
  })),
);

async function run(line: string) {
  const args = line.split(" ").map((word) => word.replace(/^"\$.*"$/, "HEAD"));
  const cwd = mkdtempSync(join(tmpdir(), "pipeline-"));
  return runCommand(process.execPath, [join(projectRoot, "dist/cli/main.js"), ...args], { cwd });
}

test("the pipelines use the report, the lock file and the drift gate", () => {
  expect(commands.map(({ name, line }) => `${name}: ${line.split(" --")[0]}`).sort()).toEqual([
    "github/nightly.yml: drift",
    "github/pull-request.yml: review",
    "github/pull-request.yml: review",
    "gitlab/.gitlab-ci.yml: drift",
    "gitlab/.gitlab-ci.yml: review",
    "gitlab/.gitlab-ci.yml: review",
  ]);
});

// There is no project in the folder: a command line that is understood ends with that error, another one with the usage.
test.each(commands)("$name: $line is understood", async ({ line }) => {
  const { code, stderr } = await run(line);
  expect(code).toBeGreaterThan(0);
  expect(stderr).not.toContain("Usage:");
});

test("a command line with a misspelt option is not understood", async () => {
  const { code, stderr } = await run("drift --stak prod");
  expect(code).toBe(64);
  expect(stderr).toContain("Usage:");
});
