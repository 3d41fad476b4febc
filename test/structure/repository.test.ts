import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { installActionlint } from "../../local/actionlint-build";
import { cellsOf, type Selection } from "../../local/versions/cells";
import { installZizmor } from "../../local/zizmor-install";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";

const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");
const namesIn = (folder: string) => readdirSync(join(projectRoot, folder));
const workflows = namesIn(".github/workflows").map((name) => `.github/workflows/${name}`);

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: {
    readonly matrix: { readonly node: readonly number[]; readonly include?: readonly Selection[] };
  };
  readonly steps: readonly Step[];
}

const jobsOf = (path: string) => Object.values((parse(read(path)) as Workflow).jobs);
const stepsOf = (path: string) => jobsOf(path).flatMap(({ steps }) => steps);

let actionlint: string;
let zizmor: string;
beforeAll(async () => {
  [actionlint, zizmor] = await Promise.all([installActionlint(), installZizmor()]);
}, 300_000);

test("zizmor has nothing to say about the project's own workflows", async () => {
  const files = workflows.map((path) => join(projectRoot, path));
  const said = await runCommand(zizmor, ["--offline", "--no-progress", "--color=never", ...files]);
  expect(said.code, said.stdout).toBe(0);
});

test("actionlint has nothing to say about the project's own workflows", async () => {
  const files = workflows.map((path) => join(projectRoot, path));
  const said = await runCommand(actionlint, ["-no-color", "-shellcheck=", "-pyflakes=", ...files]);
  expect(said).toEqual({ code: 0, stdout: "", stderr: "" });
});

test.each(workflows)(
  "%s: no permission to start with, a limit for each job, actions by commit, no expression in a script",
  (path) => {
    expect((parse(read(path)) as Workflow).permissions).toEqual({});
    for (const job of jobsOf(path)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
    for (const { run = "" } of stepsOf(path)) expect(run).not.toContain("${{");
    // The version behind the commit is what a reader and Renovate go by.
    const uses = read(path).match(/uses: .*/g) ?? [];
    for (const line of uses) expect(line).toMatch(/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  },
);

test("CI runs .ci/run on the oldest supported Node and on two newer ones", () => {
  const [job] = jobsOf(".github/workflows/ci.yml");
  const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
  const [, oldest] = /^>=(\d+)/.exec(engines.node) ?? [];
  expect(job?.strategy?.matrix.node).toEqual([Number(oldest), 22, 24]);
  expect(job?.strategy?.matrix.node).toContain(Number(read(".nvmrc")));
  expect(job?.steps.some(({ run }) => run === ".ci/run")).toBe(true);
});

test("CI runs the corners of the matrix of versions, each of them one cell", () => {
  const { versions } = (parse(read(".github/workflows/ci.yml")) as Workflow).jobs;
  const rows = versions?.strategy?.matrix.include ?? [];
  const cells = rows.map((row) => cellsOf(row));
  expect(cells.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
  const every = cellsOf({});
  for (const part of ["node", "sdk", "engine"] as const) {
    const seen = new Set(cells.map(([cell]) => cell?.[part]));
    expect(seen).toEqual(new Set(every.map((cell) => cell[part])));
  }
});

test("the job that may publish runs no code of the project, and only what the tests have passed is published", () => {
  const { jobs } = parse(read(".github/workflows/release.yml")) as Workflow;
  const mayPublish = Object.entries(jobs).filter(([, { permissions }]) => permissions?.["id-token"] === "write");
  expect(mayPublish.map(([name]) => name)).toEqual(["publish"]);
  const steps = jobs.publish?.steps ?? [];
  expect(steps.some(({ uses = "" }) => /checkout|cache/.test(uses))).toBe(false);
  expect(steps.flatMap(({ run }) => run ?? [])).toEqual(["npm publish --provenance --access public ./*.tgz"]);
  expect(jobs.publish).toMatchObject({ needs: "package" });
  const runs = jobs.package?.steps.flatMap(({ run }) => run ?? []) ?? [];
  expect(runs.findIndex((run) => run === ".ci/run")).toBeLessThan(runs.findIndex((run) => run.startsWith("npm pack")));
});

test("a release without a repository in package.json fails before anything is tested, with what to do", async () => {
  const { jobs } = parse(read(".github/workflows/release.yml")) as Workflow;
  const runs = jobs.package?.steps.flatMap(({ run }) => run ?? []) ?? [];
  const script = runs.findIndex((run) => run.includes("repository"));
  expect(script).toBeLessThan(runs.indexOf(".ci/run"));
  const folder = mkdtempSync(join(tmpdir(), "domo-release-"));
  const check = (manifest: object) => {
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    return runCommand("bash", ["-e", "-c", runs[script] ?? ""], { cwd: folder });
  };
  expect(await check({})).toMatchObject({
    code: 1,
    stdout:
      "::error::npm refuses --provenance without repository in package.json: set it to the address of this repository\n",
  });
  expect(await check({ repository: { type: "git", url: "git+https://github.com/acme/exports.git" } })).toMatchObject({
    code: 0,
    stdout: "",
  });
});

test("the caches hold what tests build, keyed by what it is built from, and no result of an earlier run", () => {
  const ci = read(".github/workflows/ci.yml");
  expect(ci).toContain(".cache/*\n            !.cache/*.json");
  expect(read(".ci/run")).toMatch(/^results=\.cache\/[\w-]+\.json$/m);
  expect(/hashFiles\((.*)\)/.exec(ci)?.[1]).toBe("'package-lock.json', 'local/*/go.sum', 'local/*.txt', 'local/*.ts'");
  expect(read(".github/workflows/release.yml")).not.toContain("actions/cache");
});

test("both forms of an issue warn of secrets, and ask for the doctor's report", () => {
  const commands = { "bug.yml": "doctor --report domo.md", "domo-differs.yml": "doctor --live --yes --report domo.md" };
  const forms = namesIn(".github/ISSUE_TEMPLATE").filter((name) => name !== "config.yml");
  expect(forms).toEqual(Object.keys(commands));
  for (const [name, command] of Object.entries(commands)) {
    const form = parse(read(`.github/ISSUE_TEMPLATE/${name}`)) as Form;
    expect(Object.keys(form)).toEqual(["name", "description", "labels", "body"]);
    expect(form.body[0]?.attributes.value).toMatch(/^\*\*No secrets, please\.\*\*/);
    const ids = form.body.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const report = form.body.find(({ id }) => id === "versions");
    expect(report?.attributes.description).toContain(`pulumi-domo-s3-export ${command}`);
    expect(report?.validations).toEqual({ required: true });
  }
});

interface Form {
  readonly body: readonly {
    readonly id?: string;
    readonly attributes: { readonly value?: string; readonly description?: string };
    readonly validations?: object;
  }[];
}

test("the list of examples names each of them", () => {
  const folders = readdirSync(join(projectRoot, "examples"), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const listed = [...read("examples/README.md").matchAll(/^\| \[`([\w-]+)`\]/gm)].map(([, name]) => name);
  expect([...listed].sort()).toEqual(names.sort());
});

test("Renovate leaves the oldest supported versions alone, and waits before it takes a new one", () => {
  const config = JSON.parse(read("renovate.json")) as { minimumReleaseAge: string; packageRules: object[] };
  expect(config.minimumReleaseAge).toBe("7 days");
  expect(config.packageRules).toContainEqual(
    expect.objectContaining({ matchDepTypes: ["engines", "peerDependencies"], enabled: false }),
  );
});

/** Runs `.ci/run` with an `npm` that does nothing but fail at a command, or write down the results of tests. */
async function runCi({ failsAt = "none", results = {} }: { failsAt?: string; results?: object }) {
  const folder = mkdtempSync(join(tmpdir(), "ci-"));
  cpSync(join(projectRoot, ".ci"), join(folder, ".ci"), { recursive: true });
  for (const name of [".cache", "bin"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "results.json"), JSON.stringify(results));
  const npm = `#!/bin/sh
[ "$*" = "${failsAt}" ] && exit 1
case "$1" in test) cp results.json .cache/test-results.json; grep -q '"numFailedTests":0' results.json ;; esac`;
  writeFileSync(join(folder, "bin/npm"), npm, { mode: 0o755 });
  try {
    const env = { ...process.env, PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}` };
    const { code, stdout } = await runCommand(join(folder, ".ci/run"), [], { cwd: folder, env });
    return { code, last: stdout.trimEnd().split("\n").at(-1) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const results = { numPassedTests: 9, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };

test.each([
  { given: { results }, code: 0, last: "9 passed, 0 failed" },
  { given: { results: { ...results, numPendingTests: 2 } }, code: 0, last: "9 passed, 0 failed, 2 skipped" },
  { given: { results: { ...results, numFailedTests: 1 } }, code: 1, last: "9 passed, 1 failed" },
  { given: { failsAt: "ci" }, code: 1, last: "0 passed, 1 failed" },
  { given: { failsAt: "run lint" }, code: 1, last: "0 passed, 1 failed" },
  { given: { failsAt: "run build" }, code: 1, last: "0 passed, 1 failed" },
])(".ci/run ends with the number of tests: $last", async ({ given, code, last }) => {
  expect(await runCi(given)).toEqual({ code, last });
});
