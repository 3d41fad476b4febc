import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { expect, test } from "vitest";
import { z } from "zod";
import { reportSchema } from "../../cli/review/report";
import { projectRoot } from "../../local/paths";
import { command, copyProgram } from "../support/review";

const golden = (name: string) => join(projectRoot, "test/cli/golden", name);

test.each([
  ["markdown", "many.md"],
  ["text", "many.txt"],
  ["json", "many.json"],
])("the %s report of a program with many exports is golden, from whichever folder", async (format, file) => {
  const run = (name: string) => command(copyProgram("many", name), ["review", "--format", format]);
  const [one, other] = await Promise.all([run("here"), run("another place")]);
  expect(one.stderr).toBe("");
  expect(one.code).toBe(0);
  await expect(one.stdout).toMatchFileSnapshot(golden(file));
  expect(other.stdout).toBe(one.stdout);
});

test("the example's report is golden", async () => {
  const { code, stdout, stderr } = await command(projectRoot, ["review", "--stack", "dev"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  await expect(stdout).toMatchFileSnapshot(golden("sales-export.md"));
});

test("bad arguments are faults of their export, on standard error too, and exit with 1", async () => {
  const { code, stdout, stderr } = await command(copyProgram("faults"), ["review", "--stack", "dev"]);
  expect(code).toBe(1);
  await expect(stdout).toMatchFileSnapshot(golden("faults.md"));
  expect(stderr).toContain(
    'fault: no role: path "s3://acme/x" is a URL; give only the part after the bucket\'s name\n',
  );
});

test("the published schema is the one that reports are made by, and reports fit it", async () => {
  const path = join(projectRoot, "docs/review.schema.json");
  const text = JSON.stringify(z.toJSONSchema(reportSchema));
  await expect(await format(text, { ...(await resolveConfig(path)), parser: "json" })).toMatchFileSnapshot(path);
  const validate = new Ajv2020({ strict: true }).compile(JSON.parse(text) as object);
  for (const report of ["many.json", "compared.json"]) {
    expect(validate(JSON.parse(readFileSync(golden(report), "utf8"))), JSON.stringify(validate.errors)).toBe(true);
  }
  expect(validate({ version: 1 })).toBe(false);
});

test("no secret of the stack and no credential of the environment reaches the program or the report", async () => {
  const folder = copyProgram("many");
  const names = ["DOMO_DEVELOPER_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "PULUMI_ACCESS_TOKEN"];
  const spy = `console.error("seen", ${JSON.stringify(names)}.filter((name) => process.env[name]).length, process.env.AWS_REGION);\n`;
  writeFileSync(join(folder, "index.ts"), `${spy}${readFileSync(join(folder, "index.ts"), "utf8")}`);
  const env = { ...Object.fromEntries(names.map((name) => [name, "hunter2"])), AWS_REGION: "eu-west-3" };
  const { stdout, stderr } = await command(folder, ["review"], env);
  expect(stderr).toBe("seen 0 eu-west-3\n");
  expect(stdout).not.toContain("not-decrypted-by-anybody");
});

test("settings of the command line win over the stack's", async () => {
  const { stdout } = await command(copyProgram("many"), ["review", "-c", "region=North", "--config", "account=7=7"]);
  expect(stdout).toContain(`"Region" = 'North'`);
  expect(stdout).toContain("arn:aws:iam::7=7:role/domo-export");
});

test("a program that throws shows its error and exits with 1", async () => {
  const folder = copyProgram("faults");
  writeFileSync(join(folder, "index.js"), 'throw new Error("the catalogue has no datasets");\n');
  const { code, stdout, stderr } = await command(folder, ["review", "--stack", "dev"]);
  expect(code).toBe(1);
  expect(stderr).toContain("Error: the catalogue has no datasets");
  const failure = 'the program of the project "faults" failed for stack "dev": its error is on standard error';
  expect(stderr.endsWith(`\n${failure}\n`)).toBe(true);
  expect(stdout).toBe(`## Domo exports of faults, stack dev\n\n**not reviewed.** ${failure}\n`);
});

test("a program of the plugin's class is reviewed, and the address of its explicit provider shown", async () => {
  const folder = copyProgram("faults");
  writeFileSync(
    join(folder, "index.js"),
    `const { DomoS3Export, Provider } = require("pulumi-domo-s3-export/plugin");
const args = { dataset: "d-1", bucket: "acme-exports", path: "p", roleArn: "arn:aws:iam::000000000042:role/export" };
new DomoS3Export("orders", { ...args, sql: 'SELECT "Region" FROM dataset' });
new DomoS3Export("others", { ...args, sql: 'SELECT "Sales" FROM dataset' }, { provider: new Provider("other", { instance: "other" }) });\n`,
  );
  const { code, stdout, stderr } = await command(folder, ["review", "--stack", "dev"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("2 exports of 1 dataset, 2 columns in all.");
  expect(stdout).toContain('- Domo address: `https://other.domo.com`\n- Dataset: `d-1`\n- Columns (1): `"Sales"`');
});

test("what the program prints goes to standard error, the report to a file", async () => {
  const folder = copyProgram("faults");
  writeFileSync(join(folder, "index.js"), 'console.log("hello");\n');
  const { code, stdout, stderr } = await command(folder, ["review", "--stack", "dev", "--output", "report.md"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain("hello\n");
  expect(readFileSync(join(folder, "report.md"), "utf8")).toBe(
    "## Domo exports of faults, stack dev\n\nThe program exports nothing from Domo.\n\n" +
      "- Domo address: not in the stack's settings: DOMO\\_INSTANCE or DOMO\\_BASE\\_URL decides when it is deployed\n",
  );
});

test.each([
  [
    ["--fail-on", "new-colums", "--base", "HEAD"],
    `"new-colums" is not a rule; did you mean "new-columns"? Known: "new-columns", "new-destination", "wider-filter".`,
  ],
  [
    ["--fail-on", "new-columns"],
    "--fail-on compares with another commit; give it with --base, such as --base origin/main",
  ],
  [["--format", "markdwon"], `"markdwon" is not a format; did you mean "markdown"? Known: "text", "markdown", "json".`],
  [["--config", "region"], "Give key=value, such as aws:region=eu-west-3."],
  [["--stakc", "dev"], "Did you mean --stack?"],
  [["--stack", "dve"], `there is no stack "dve" (Pulumi.dve.yaml); did you mean "dev"? The project has "dev"`],
  [["--check", "--write-lock"], "cannot be used with"],
  [["--all-stacks", "--stack", "dev"], "cannot be used with"],
  [["--cwd", "/"], `there is no Pulumi.yaml in "/" or above it; go to the project's folder or give --cwd`],
])("wrong usage %j exits with 64 and says what to do", async (args, message) => {
  const { code, stdout, stderr } = await command(copyProgram("many"), ["review", ...args]);
  expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
  expect(stderr).toContain(message);
});

test("a project of several stacks asks for some or all, and one of another runtime is refused", async () => {
  const folder = copyProgram("many");
  writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: {}\n");
  const several = await command(folder, ["review"]);
  expect(several).toEqual({
    code: 64,
    stdout: "",
    stderr: 'the project has 2 stacks; give --all-stacks, or --stack with one or more of "dev", "prod"\n',
  });
  writeFileSync(join(folder, "Pulumi.yaml"), "name: finance\nruntime: yaml\n");
  const { code, stderr } = await command(folder, ["review"]);
  expect(code).toBe(64);
  expect(stderr).toBe(
    '"Pulumi.yaml" has the runtime "yaml"; review runs programs of the runtime "nodejs" only — ' +
      "judge this one with the policy pack and the command drift\n",
  );
});

test("help loads neither the parser of YAML nor gRPC", async () => {
  const folder = copyProgram("faults");
  const probe = join(folder, "probe.cjs");
  writeFileSync(
    probe,
    'process.on("exit", () => process.stderr.write(Object.keys(require.cache).filter((f) => /node_modules.(yaml|@grpc|@pulumi|zod)/.test(f)).join()));\n',
  );
  const { code, stdout, stderr } = await command(folder, ["review", "--help"], { NODE_OPTIONS: `--require ${probe}` });
  expect(code).toBe(0);
  expect(stdout).toContain("--fail-on <list>");
  expect(stderr).toBe("");
});

test("a lock file is written, agrees, and differs with a diff and what to run", async () => {
  const folder = copyProgram("many");
  const missing = await command(folder, ["review", "--check"]);
  const advice = "run npx --no-install pulumi-domo-s3-export review --stack dev --write-lock and commit";
  expect(missing).toMatchObject({
    code: 2,
    stdout: `There is no "exports.dev.lock.md". If the exports are meant to change, ${advice} "exports.dev.lock.md".\n`,
  });
  expect(await command(folder, ["review", "--write-lock"])).toEqual({
    code: 0,
    stdout: "",
    stderr: 'Wrote "exports.dev.lock.md".\n',
  });
  const lock = join(folder, "exports.dev.lock.md");
  await expect(readFileSync(lock, "utf8")).toMatchFileSnapshot(golden("exports.lock.md"));

  const program = join(folder, "index.ts");
  writeFileSync(program, `// A line above every declaration.\n${readFileSync(program, "utf8")}`);
  expect(await command(folder, ["review", "--check"])).toMatchObject({ code: 0, stdout: "" });

  writeFileSync(
    program,
    readFileSync(program, "utf8").replace('select("Order ID"', 'select("Order ID", "Customer Name"'),
  );
  const { code, stdout } = await command(folder, ["review", "--check"]);
  expect(code).toBe(2);
  expect(stdout).toContain('\n+  "Customer Name",\n');
  expect(stdout).toContain(advice);
});
