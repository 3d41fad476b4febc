import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { installActionlint } from "../../local/actionlint-build";
import { installZizmor } from "../../local/zizmor-install";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";

const folder = join(projectRoot, "examples/ci/github");
const workflows = readdirSync(folder).map((name) => join(folder, name));

interface Workflow {
  on: unknown;
  permissions: unknown;
  jobs: Record<
    string,
    {
      "timeout-minutes"?: number;
      permissions?: object;
      steps: { uses?: string; run?: string; with?: Record<string, unknown> }[];
    }
  >;
}

let actionlint: string;
let zizmor: string;
beforeAll(async () => {
  [actionlint, zizmor] = await Promise.all([installActionlint(), installZizmor()]);
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

// Offline, it needs nobody's token; "pedantic" has it say what it is less sure of.
const audit = (files: string[]) =>
  runCommand(zizmor, ["--offline", "--no-progress", "--color=never", "--persona=pedantic", ...files]);

test("zizmor has nothing to say about the workflows; what is ignored has its reason next to it", async () => {
  const { code, stdout } = await audit(workflows);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "No findings to report. Good job! (1 ignored)\n" });
  const ignored = workflows.flatMap((file) => read(file).match(/# zizmor: ignore.*/g) ?? []);
  expect(ignored).toHaveLength(1);
  for (const line of ignored) expect(line).toMatch(/# zizmor: ignore\[[\w-]+\] \S+ \S+/);
});

test("zizmor finds an action that is not pinned", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "workflow-")), "broken.yml");
  writeFileSync(file, read(join(folder, "merge.yml")).replace(/checkout@\w+/, "checkout@v6"));
  const { code, stdout } = await audit([file]);
  expect(code).toBeGreaterThan(0);
  expect(stdout).toContain("unpinned-uses");
});

test.for(workflows)("%s starts with no permission, limits the time of every job and pins what it uses", (file) => {
  const { permissions, jobs } = workflow(file);
  expect(permissions).toEqual({});
  for (const job of Object.values(jobs)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  const uses = [...read(file).matchAll(/uses: (.*)/g)].map(([, action]) => action);
  for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  const versions = read(file).match(/pulumi-version: \d+\.\d+\.\d+$/gm) ?? [];
  expect(versions).toHaveLength(uses.filter((action) => action?.startsWith("pulumi/actions")).length);
});

test("no install script runs, on GitHub or on GitLab", () => {
  for (const file of [...workflows, gitlab])
    for (const [, flags] of read(file).matchAll(/\bnpm (?:ci|install|i)\b(.*)/g))
      expect(flags, file).toBe(" --ignore-scripts");
});

test("what runs a pull request's code holds no permission to write, and what may write runs no code of the repository", () => {
  for (const file of workflows) {
    expect(read(file)).not.toContain("pull_request_target");
    for (const { permissions = {}, steps } of Object.values(workflow(file).jobs)) {
      const writes = Object.entries(permissions).filter(([name, level]) => level === "write" && name !== "id-token");
      const runsCode = steps.some(({ uses = "", run = "" }) => uses.includes("/checkout@") || /\bnp[mx]\b/.test(run));
      if (runsCode) expect(writes).toEqual([]);
    }
  }
});

test("the comment's workflow checks out the default branch alone, and posts what that code has written", () => {
  const { jobs } = workflow(join(folder, "comment.yml"));
  const checkouts = jobs.render?.steps.filter(({ uses = "" }) => uses.includes("/checkout@")) ?? [];
  expect(checkouts.map((step) => step.with?.ref)).toEqual(["${{ github.event.repository.default_branch }}"]);
  const downloads = jobs.post?.steps.flatMap(({ run = "" }) => run.match(/gh run download .*/g) ?? []);
  expect(downloads).toEqual(['gh run download "$GITHUB_RUN_ID" --repo "$REPO" --name comment']);
});

test("the comment's workflow starts after the one that reviews, by its name", () => {
  const { on } = parse(read(join(folder, "comment.yml"))) as { on: { workflow_run: { workflows: string[] } } };
  const { name } = parse(read(join(folder, "pull-request.yml"))) as { name: string };
  expect(on.workflow_run.workflows).toEqual([name]);
});

test("no expression stands inside a script, where a branch name could become a command", () => {
  for (const file of workflows)
    for (const { steps } of Object.values(workflow(file).jobs))
      for (const { run = "" } of steps) expect(run).not.toContain("${{");
});

// There is no linter for GitLab without a GitLab. This holds what the safety of forks rests on.
const gitlab = join(projectRoot, "examples/ci/gitlab/.gitlab-ci.yml");
const OWN = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID";

test("GitLab: a fork's pipeline is not started in this project, jobs with secrets run for own branches only, and each has a limit", () => {
  const file = parse(read(gitlab)) as Record<string, GitlabJob> & {
    workflow: { rules: { if: string; when?: string }[] };
  };
  expect(file.workflow.rules[0]).toEqual({
    if: `$CI_PIPELINE_SOURCE == "merge_request_event" && ${OWN.replace("==", "!=")}`,
    when: "never",
  });
  const names = Object.keys(file).filter((name) => !["stages", "default", "workflow", ".cloud", ".up"].includes(name));
  expect(names).toEqual(["review", "note", "preview", "up dev", "up prod", "drift"]);
  for (const name of names) {
    const job = { ...(file[name]?.extends === ".up" ? file[".up"] : {}), ...file[name] } as GitlabJob;
    expect(file.stages).toContain(job.stage);
    expect(job.timeout).toMatch(/^\d+ minutes$/);
    for (const { if: rule } of job.rules)
      if (name !== "review" && rule.includes("merge_request_event")) expect(rule).toContain(OWN);
  }
});

test("GitLab: what holds the token for notes runs nothing of the repository, and images have a version", () => {
  const file = parse(read(gitlab)) as Record<string, GitlabJob>;
  expect(file.note).toMatchObject({ before_script: [], variables: { GIT_STRATEGY: "none" } });
  const withToken = Object.entries(file).filter(([, job]) =>
    JSON.stringify(job.script ?? "").includes("REVIEW_BOT_TOKEN"),
  );
  expect(withToken.map(([name]) => name)).toEqual(["note"]);
  const images = Object.values(file).flatMap(({ image }) => (image === undefined ? [] : [image]));
  expect(images.length).toBeGreaterThan(1);
  for (const image of images)
    expect(typeof image === "string" ? image : image.name).toMatch(/^[\w./-]+:\d+\.\d+\.\d+$/);
});

interface GitlabJob {
  image?: string | { name: string };
  extends?: string;
  stage: string;
  timeout: string;
  rules: { if: string }[];
  script?: string[];
  before_script?: string[];
}
