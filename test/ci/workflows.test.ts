import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { installActionlint } from "../../local/actionlint-build";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";

const folder = join(projectRoot, "examples/ci/github");
const workflows = readdirSync(folder).map((name) => join(folder, name));

interface Workflow {
  on: unknown;
  permissions: unknown;
  jobs: Record<string, { "timeout-minutes"?: number; permissions?: object; steps: { uses?: string; run?: string }[] }>;
}

let actionlint: string;
beforeAll(async () => {
  actionlint = await installActionlint();
}, 300_000);

// Shellcheck and pyflakes are not on every machine: without them the answer is the same everywhere.
const lint = (files: string[]) => runCommand(actionlint, ["-no-color", "-shellcheck=", "-pyflakes=", ...files]);
const read = (file: string) => readFileSync(file, "utf8");
const workflow = (file: string) => parse(read(file)) as Workflow;

test("actionlint has nothing to say about the workflows", async () => {
  expect(workflows).toHaveLength(4);
  expect(await lint(workflows)).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("actionlint finds a step output that no step has", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "workflow-")), "broken.yml");
  writeFileSync(file, read(join(folder, "nightly.yml")).replace("steps.drift.outputs", "steps.drfit.outputs"));
  const { code, stdout } = await lint([file]);
  expect(code).toBe(1);
  expect(stdout).toContain('property "drfit" is not defined in object type');
});

test.for(workflows)("%s starts with no permission and limits the time of every job", (file) => {
  const { permissions, jobs } = workflow(file);
  expect(permissions).toEqual({});
  for (const job of Object.values(jobs)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
});

test("what runs a pull request's code holds no permission to write, and what may write runs none", () => {
  for (const file of workflows) {
    expect(read(file)).not.toContain("pull_request_target");
    for (const { permissions = {}, steps } of Object.values(workflow(file).jobs)) {
      const writes = Object.entries(permissions).filter(([name, level]) => level === "write" && name !== "id-token");
      const runsCode = steps.some(({ uses = "", run = "" }) => uses.includes("/checkout@") || /\bnp[mx]\b/.test(run));
      if (runsCode) expect(writes).toEqual([]);
    }
  }
});

test("no expression stands inside a script, where a branch name could become a command", () => {
  for (const file of workflows)
    for (const { steps } of Object.values(workflow(file).jobs))
      for (const { run = "" } of steps) expect(run).not.toContain("${{");
});

// There is no linter for GitLab without a GitLab. This holds what the safety of forks rests on.
test("GitLab: jobs with secrets run for the project's own branches only, and each job has a limit", () => {
  const file = parse(read(join(projectRoot, "examples/ci/gitlab/.gitlab-ci.yml"))) as Record<string, GitlabJob>;
  const jobs = Object.entries(file).filter(([name]) => !["stages", "default", ".cloud"].includes(name));
  expect(jobs).toHaveLength(5);
  for (const [name, job] of jobs) {
    expect(file.stages).toContain(job.stage);
    expect(job.timeout).toMatch(/^\d+ minutes$/);
    for (const { if: rule } of job.rules) {
      if (name !== "review" && rule.includes("merge_request_event"))
        expect(rule).toContain("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID");
    }
  }
});

interface GitlabJob {
  stage: string;
  timeout: string;
  rules: { if: string }[];
}
