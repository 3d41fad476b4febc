import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { expect, test } from "vitest";
import { z } from "zod";
import { paintWith } from "../../cli/colors";
import { widthOf } from "../../cli/columns";
import { readState } from "../../cli/list/read-state";
import { renderMarkdown, renderText } from "../../cli/list/render";
import { type ListReport, listReport } from "../../cli/list/report";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";
import { findSecrets } from "../support/secrets";

const DYNAMIC = "pulumi-nodejs:dynamic/domo:S3Export";
const PLUGIN = "domo:index:S3Export";
const now = Date.parse("2026-11-24T12:00:00Z");
const secret = (ciphertext: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext,
});
const urnOf = (name: string, type = DYNAMIC) => `urn:pulumi:prod::shop::${type}::${name}`;

function resource(
  name: string,
  outputs: object,
  { type = DYNAMIC, ...more }: { type?: string } & Record<string, unknown> = {},
) {
  return { urn: urnOf(name, type), type, custom: true, id: name, outputs, ...more };
}
const delivered = {
  dataset: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17",
  exportStatus: "success",
  rowCount: 1896,
  startedAt: "2026-11-21T11:00:00.000Z",
  finishedAt: "2026-11-21T11:00:20.000Z",
  onNewData: "report",
  drift: [],
};
const drifted = (...kinds: string[]) =>
  kinds.map((kind) => ({ kind, subject: "marked-subject", expected: "a", actual: "b" }));

const state = JSON.stringify({
  version: 3,
  deployment: {
    resources: [
      { urn: "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod", type: "pulumi:pulumi:Stack" },
      resource("sales", delivered),
      resource("by plugin", { ...delivered, finishedAt: "2026-11-24T11:18:00.000Z" }, { type: PLUGIN }),
      resource("newer", { ...delivered, drift: drifted("new-data") }),
      resource("newer on its own", { ...delivered, onNewData: "export", drift: drifted("new-data") }),
      resource("lost", { ...delivered, drift: drifted("object-missing", "object-missing", "bucket-exposed") }),
      resource("salaries", {
        ...delivered,
        dataset: secret("marked-ciphertext"),
        rowCount: secret("marked-ciphertext"),
        drift: secret("marked-ciphertext"),
        token: "marked-plain",
      }),
      resource("failed", { dataset: "d", exportStatus: "error", files: [], drift: [] }, { initErrors: ["no memory"] }),
      resource("replaced", delivered, { delete: true }),
      resource("running", delivered),
    ],
    pending_operations: [
      { resource: { urn: urnOf("running"), type: DYNAMIC }, type: "updating" },
      { resource: { urn: urnOf("first run"), type: DYNAMIC }, type: "creating" },
      { resource: { urn: urnOf("bucket", "aws:s3/bucket:Bucket"), type: "aws:s3/bucket:Bucket" }, type: "creating" },
    ],
  },
});

const report: ListReport = {
  version: 1,
  stacks: [
    { stack: "prod", exports: readState(state) },
    { stack: "dev", exports: [], error: "no stack named 'dev' found" },
  ],
};
const golden = (file: string) => join(projectRoot, "test/cli/golden", file);

test.each([60, 80, 120])(
  "the list in a terminal of %d columns is as it was looked at, and no line is wider",
  async (width) => {
    const text = renderText(report, { now, width, paint: paintWith(false) });
    for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(width);
    await expect(text).toMatchFileSnapshot(golden(`list-${width}.txt`));
  },
);

test("the list as Markdown is as it was looked at", async () => {
  await expect(renderMarkdown(report, now)).toMatchFileSnapshot(golden("list.md"));
});

test("exports of both types are listed, by name, and nothing else", () => {
  expect(readState(state).map(({ name }) => name)).toEqual([
    "by plugin",
    "failed",
    "first run",
    "lost",
    "newer",
    "newer on its own",
    "replaced",
    "running",
    "salaries",
    "sales",
  ]);
});

test("a state without resources is an empty list", () => {
  expect(readState('{"version":3,"deployment":{"manifest":{}}}')).toEqual([]);
});

test("list asks pulumi for the state of a stack without its secrets, and shows none", async () => {
  const { code, stdout, stderr, folder } = await list(["--stack", "prod", "--format", "json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(readFileSync(join(folder, "asked"), "utf8")).toBe("stack export --stack prod --non-interactive --color=never");
  const { stacks } = JSON.parse(stdout) as ListReport;
  expect(stacks[0]?.exports.find(({ name }) => name === "salaries")).toEqual({
    name: "salaries",
    urn: urnOf("salaries"),
    exportedAt: "2026-11-21T11:00:20.000Z",
    status: "success",
  });
  expect(findSecrets(new Map([["any", "marked-"]]), new Map([["stdout", stdout]]))).toEqual([]);
});

test("the published schema is the one that the report is made by", async () => {
  const path = join(projectRoot, "docs/list.schema.json");
  const text = JSON.stringify(z.toJSONSchema(listReport));
  await expect(await format(text, { ...(await resolveConfig(path)), parser: "json" })).toMatchFileSnapshot(path);
});

test("list --all-stacks lists the exports of each stack of the backend", async () => {
  const { code, stdout } = await list(["--all-stacks", "--format", "json"]);
  expect(code).toBe(0);
  const { stacks } = JSON.parse(stdout) as ListReport;
  expect(stacks.map(({ stack }) => stack)).toEqual(["dev", "prod"]);
  for (const { exports } of stacks) expect(exports.map(({ name }) => name)).toContain("salaries");
});

test("a stack whose state can't be read is an error of that stack, and nothing of the state is quoted", async () => {
  const { code, stdout, stderr } = await list(["--stack", "odd", "--format", "json"]);
  expect(code).toBe(1);
  expect(stderr).toContain('error: odd: reading the state: it has not the form that "pulumi stack export" writes\n');
  expect(stdout + stderr).not.toContain("marked-odd");
});

test("ten thousand exports are listed", async () => {
  const { code, stdout } = await list(["--stack", "large", "--format", "json"]);
  expect(code).toBe(0);
  const [stack] = (JSON.parse(stdout) as ListReport).stacks;
  expect([stack?.exports.length, stack?.exports[9_999]?.rows]).toEqual([10_000, 1896]);
});

/** Runs the command with a stand-in for `pulumi` that knows three stacks. */
async function list(args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "domo-list-"));
  writeFileSync(join(folder, "state.json"), state);
  const big = { ...delivered, query: "x".repeat(2000) };
  const many = Array.from({ length: 10_000 }, (_, index) => resource(`export-${index}`, big));
  if (args.includes("large"))
    writeFileSync(join(folder, "large.json"), JSON.stringify({ deployment: { resources: many } }));
  const program = `#!${process.execPath}
const { createReadStream, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
writeFileSync(__dirname + "/asked", args.join(" "));
if (args[1] === "ls") console.log('[{"name":"prod"},{"name":"dev"}]');
else if (args.includes("odd")) process.stdout.write('{"deployment":{"resources":"marked-odd"}}');
else createReadStream(__dirname + (args.includes("large") ? "/large.json" : "/state.json")).pipe(process.stdout);
`;
  writeFileSync(join(folder, "pulumi"), program, { mode: 0o755 });
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const main = join(projectRoot, "dist/cli/main.js");
  return { folder, ...(await runCommand(process.execPath, [main, "list", ...args], { env })) };
}
