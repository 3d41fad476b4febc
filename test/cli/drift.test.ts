import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { XMLParser } from "fast-xml-parser";
import { format, resolveConfig } from "prettier";
import { expect, test } from "vitest";
import { z } from "zod";
import { paintWith } from "../../cli/colors";
import { readStackReport } from "../../cli/drift/events";
import { renderJunit } from "../../cli/drift/junit";
import { type DriftReport, driftReport, exitCodeOf } from "../../cli/drift/report";
import { renderMarkdown } from "../../cli/drift/markdown";
import { renderTerminal } from "../../cli/drift/terminal";
import { errorLines, repairOf, summaryOf } from "../../cli/drift/wording";
import { projectRoot } from "../../local/paths";

const urn = (name: string) => `urn:pulumi:prod::shop::pulumi-nodejs:dynamic/domo:S3Export::${name}`;
const drift = { kind: "new-data", subject: "d", expected: "data as of 1", actual: "data of 2" };
const step = (event: string, name: string, op: string, now?: object, old: object = {}) =>
  JSON.stringify({
    [event]: { metadata: { op, urn: urn(name), type: "pulumi-nodejs:dynamic/domo:S3Export", old, new: now } },
  });
const began = (name: string) => step("resourcePreEvent", name, "refresh", { outputs: {} });
const outputs = (found: object[], exportStatus = "success") => ({
  outputs: { exportId: "e", exportStatus, drift: found },
});
const end = JSON.stringify({ summaryEvent: { result: "succeeded" } });
const read = (lines: string[], code = 0, stderr = "") =>
  readStackReport("prod", { code, stdout: lines.join("\n"), stderr });

test("drift is read from the new outputs also where the engine sees no change", () => {
  const { exports, error } = read([began("a"), step("resOutputsEvent", "a", "same", outputs([drift])), end]);
  expect(error).toBeUndefined();
  expect(exports).toEqual([{ name: "a", urn: urn("a"), drift: [drift] }]);
});

test("exports come in the order of their names, whatever the order of the events", () => {
  const lines = ["b", "a"].flatMap((name) => [began(name), step("resOutputsEvent", name, "same", outputs([]))]);
  expect(read([...lines, end]).exports.map(({ name }) => name)).toEqual(["a", "b"]);
});

test("an export that was not delivered is told with its reasons, which the refresh takes off the new state", () => {
  const event = step("resOutputsEvent", "a", "update", outputs([], "error"), { initErrors: ["failed:\n  no memory"] });
  expect(read([began("a"), event, end]).exports[0]?.drift).toEqual([
    { kind: "not-delivered", subject: "e", expected: "success", actual: "error: failed: no memory" },
  ]);
});

test("an export that is no longer there is told with its id", () => {
  const event = step("resOutputsEvent", "a", "delete", undefined, outputs([]));
  expect(read([began("a"), event, end]).exports[0]?.drift).toEqual([
    {
      kind: "gone",
      subject: "e",
      expected: "an export",
      actual: "neither an object in S3 nor an entry at Domo",
    },
  ]);
});

test("the exit code is 0 without drift, 2 with drift, and 1 when a stack could not be looked at", () => {
  const exitCode = (...stacks: DriftReport["stacks"]) => exitCodeOf({ version: 1, stacks });
  const [drifted, failed] = report.stacks as [DriftReport["stacks"][number], DriftReport["stacks"][number]];
  const fine = { ...drifted, exports: drifted.exports.slice(0, 1) };
  expect([exitCode(), exitCode(fine), exitCode(fine, drifted), exitCode(drifted, failed), exitCode(failed)]).toEqual([
    0, 0, 2, 1, 1,
  ]);
});

const ofKinds = (
  onNewData: string | undefined,
  ...kinds: DriftReport["stacks"][number]["exports"][number]["drift"][number]["kind"][]
) =>
  ({
    version: 1,
    stacks: [
      {
        stack: "prod",
        exports: [{ name: "a", urn: urn("a"), onNewData, drift: kinds.map((kind) => ({ ...drift, kind })) }],
      },
    ],
  }) satisfies DriftReport;

test.each([
  ["new data alone is not red", ofKinds("report", "new-data"), undefined, 0],
  ["nor where state does not have the argument", ofKinds(undefined, "new-data"), undefined, 0],
  ["but it is where the export asks for it", ofKinds("export", "new-data"), undefined, 2],
  ["another kind is red next to it", ofKinds("report", "new-data", "object-missing"), undefined, 2],
  ["a kind that is not named is not red", ofKinds("export", "object-missing", "new-data"), ["bucket-exposed"], 0],
  ["new data that is named is red", ofKinds("report", "new-data"), ["new-data"], 2],
] as const)("%s", (_, found, failOn, code) => {
  expect(exitCodeOf(found, failOn)).toBe(code);
  const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(renderJunit(found, failOn)) as {
    testsuites: Record<string, string>;
  };
  expect(testsuites["@_failures"]).toBe(code === 0 ? "0" : "1");
});

test("new data that is not red is in JUnit's output all the same, and --fail-on reaches the exit code", async () => {
  expect(renderJunit(ofKinds("report", "new-data"))).toContain("<system-out>new-data ");
  const lines = [
    began("a"),
    step("resOutputsEvent", "a", "same", { outputs: { ...outputs([drift]).outputs, onNewData: "export" } }),
    end,
  ];
  const env = { PATH: standIn(`process.stdout.write(${JSON.stringify(lines.join("\n"))});`) };
  const { code, stdout } = await run(["--stack", "a"], env);
  expect(code).toBe(2);
  expect(stdout).toContain(" — `pulumi up` exports the new data.\n");
  expect((await run(["--stack", "a", "--fail-on", "object-missing,gone"], env)).code).toBe(0);
  const wrong = await run(["--fail-on", "object-mising"]);
  expect(wrong.code).toBe(64);
  expect(wrong.stderr).toContain('"object-mising" is not a kind of drift; did you mean "object-missing"?');
});

test("an exit code of pulumi other than 0 is an error, also when each export was looked at", () => {
  const lines = [began("a"), step("resOutputsEvent", "a", "same", outputs([])), end];
  expect(read(lines, 255).error).toBe('"pulumi refresh" ended with exit code 255 and gave no reason');
});

test.each([
  ["an export that was begun and not ended", [began("a"), end], 0, "", `"pulumi refresh" did not look at a`],
  ["no summary", ["Previewing"], 0, "", `"pulumi refresh" sent no events; Pulumi 3.200 or newer is needed`],
  ["a failure", [], 6, "error: no stack named 'x' found\n", "no stack named 'x' found"],
  [
    "a flag that an old pulumi does not know",
    [],
    255,
    "error: unknown flag: --preview-only\n",
    '"pulumi refresh": unknown flag: --preview-only; Pulumi 3.200 or newer is needed',
  ],
  ["a failure without a word", [], 9, "", `"pulumi refresh" ended with exit code 9 and gave no reason`],
])("%s is an error, never no drift", (_, lines, code, stderr, message) => {
  expect(read(lines, code, stderr).error).toBe(message);
});

test("one error of many exports is one line", () => {
  const fault = (name: string) =>
    JSON.stringify({ diagnosticEvent: { urn: urn(name), severity: "error", message: "Preview failed: no token\n" } });
  const last = JSON.stringify({ diagnosticEvent: { severity: "error", message: "preview failed\n" } });
  expect(read([began("a"), began("b"), fault("b"), fault("a"), last, end], 1).error).toBe("a, b: no token");
});

const report: DriftReport = {
  version: 1,
  stacks: [
    {
      stack: "prod",
      exports: [
        { name: "fine", urn: urn("fine"), drift: [] },
        {
          name: "sales",
          urn: urn("sales"),
          drift: [
            { kind: "object-missing", subject: "a|`b`<@c>", expected: "1 bytes, etag e", actual: "no such object" },
            { kind: "new-data", subject: "d\u001b[2J", expected: "x", actual: "y", since: "2026-02-01T00:00:00.000Z" },
          ],
        },
      ],
    },
    { stack: "dev", exports: [], error: "no such <stack>\u0000|" },
  ],
};

test("text is one line per difference, in columns, with its repair, without control characters", () => {
  expect(renderTerminal(report, paintWith(false))).toBe(
    'prod  sales  object-missing  "a|`b`<@c>": expected 1 bytes, etag e, found no such object, since unknown — `pulumi up --refresh` exports again, once the dataset has new data.\n' +
      'prod  sales  new-data        "d\\u001b[2J": expected x, found y, since 2026-02-01T00:00:00.000Z — ' +
      `${repairOf("new-data")}\n`,
  );
  expect(summaryOf(report)).toBe("1 of 2 exports in 1 stack drifted; 1 stack could not be looked at");
  expect(errorLines(report)).toEqual(["dev: no such <stack>\u0000|"]);
  expect(exitCodeOf(report)).toBe(1);
});

test("Markdown has a table and the repair of each kind", () => {
  expect(renderMarkdown(report)).toBe(`1 of 2 exports in 1 stack drifted; 1 stack could not be looked at.

**Not looked at, or not all of it:**

- \`dev\`: \`no such <stack>\\u0000|\`

| stack | export | what | subject | expected | found | since |
| --- | --- | --- | --- | --- | --- | --- |
| \`prod\` | \`sales\` | \`object-missing\` | \`\`a\\|\`b\`<@c>\`\` | \`1 bytes, etag e\` | \`no such object\` | unknown |
| \`prod\` | \`sales\` | \`new-data\` | \`d\\u001b[2J\` | \`x\` | \`y\` | 2026-02-01T00:00:00.000Z |

### How to repair

- \`new-data\`: Nothing is broken: the file is older than the data. Change \`triggers\` for another export, or set \`onNewData\` to \`"export"\` (each refresh and up exports) or \`"ignore"\`.
- \`object-missing\`: \`pulumi up --refresh\` exports again, once the dataset has new data.
`);
});

test("Markdown stays below a limit: rows that do not fit are left out, which is said in bold before the table", () => {
  const finding = (subject: string) => ({
    kind: "object-missing" as const,
    subject,
    expected: "e",
    actual: "no such object",
  });
  const large: DriftReport = {
    version: 1,
    stacks: [
      {
        stack: "prod",
        exports: [
          {
            name: "a",
            urn: urn("a"),
            drift: Array.from({ length: 2000 }, (_, i) => finding(`${"k".repeat(i % 90)}${i}`)),
          },
        ],
      },
    ],
  };
  expect(renderMarkdown(large).length).toBeGreaterThan(65_000);
  const text = renderMarkdown(large, 65_000);
  expect(text.length).toBeLessThanOrEqual(65_000);
  expect(text.length).toBeGreaterThan(64_500);
  const [summary, cut] = text.split("\n\n");
  expect(summary).toBe("1 of 1 export in 1 stack drifted.");
  const shown = Number(
    /^\*\*(\d+) of 2000 differences are shown, as there is no room for more\.\*\*$/.exec(cut ?? "")?.[1],
  );
  expect(text.match(/\| `prod` \|/g)).toHaveLength(shown);
  expect(text).toContain("### How to repair");
  expect(renderMarkdown(report, 65_000)).toBe(renderMarkdown(report));
});

test("JUnit is read back by another parser: a case per export, a failure with all lines that fail, an error per failed stack", () => {
  const parsed: unknown = new XMLParser({ ignoreAttributes: false, htmlEntities: true }).parse(renderJunit(report));
  const lines = 'object-missing "a|`b`<@c>": expected 1 bytes, etag e, found no such object, since unknown';
  expect(parsed).toMatchObject({
    testsuites: {
      "@_tests": "3",
      "@_failures": "1",
      "@_errors": "1",
      testsuite: [
        {
          "@_name": "prod",
          testcase: [
            { "@_name": "fine", "@_classname": "prod" },
            { "@_name": "sales", failure: { "#text": lines, "@_type": "object-missing" } },
          ],
        },
        { "@_name": "dev", testcase: { "@_name": "refresh", error: { "#text": "no such <stack>?|" } } },
      ],
    },
  });
});

test("the published schema is the one that the report is made by", async () => {
  const path = join(projectRoot, "docs/drift.schema.json");
  const text = JSON.stringify(z.toJSONSchema(driftReport));
  await expect(await format(text, { ...(await resolveConfig(path)), parser: "json" })).toMatchFileSnapshot(path);
});

test.each([
  [
    ["--format", "markdwn"],
    `"markdwn" is not a format; did you mean "markdown"? Known: "text", "markdown", "json", "junit".`,
  ],
  [["--paralel", "2"], "(Did you mean --parallel?)"],
  [["--parallel", "0"], "It is a whole number from 1 to 999."],
  [["--stack", "a", "--all-stacks"], "cannot be used with option"],
])("drift %j ends with 64 and the nearest valid option", async (args, message) => {
  const { code, stderr } = await run(args);
  expect(stderr).toContain(message);
  expect(stderr).toContain('— see "pulumi-domo-s3-export drift --help"');
  expect(code).toBe(64);
});

test("a missing pulumi is an error that says what to do", async () => {
  const missing = await run(["--stack", "a"], { PATH: "/nowhere" });
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain(
    `"pulumi" can't be started: spawn pulumi ENOENT; install Pulumi 3.200 or newer and put it on PATH\n`,
  );
});

test("a pulumi that prints a summary of the refresh in place of its events is an error, never no drift", async () => {
  const digest = JSON.stringify({ steps: [{ op: "same", urn: urn("a") }], changeSummary: { same: 1 } }, null, 4);
  const folder = standIn(`process.stdout.write(${JSON.stringify(digest)});`);
  const { code, stdout, stderr } = await run(["--stack", "a"], { PATH: folder });
  expect(stderr).toBe(
    "looking at stack a\n" +
      `error: a: "pulumi refresh" sent no events; Pulumi 3.200 or newer is needed\n` +
      "1 stack could not be looked at\n",
  );
  expect(stdout).toBe("");
  expect(code).toBe(1);
});

test("pulumi is asked for a preview of the exports alone, with its events", async () => {
  const folder = standIn(
    "const { argv, env } = process; process.stderr.write([...argv.slice(2), env.PULUMI_ENABLE_STREAMING_JSON_PREVIEW].join(' ')); process.exit(1);",
  );
  const { stderr } = await run(["--stack", "a"], { PATH: folder });
  expect(stderr).toContain(
    "error: a: refresh --preview-only --json --stack a --target **:S3Export::** --non-interactive --color=never true\n",
  );
});

test("a pipe gets no colours, in CI neither, a file never, and a report goes into a folder that was not there", async () => {
  const lines = [began("a"), step("resOutputsEvent", "a", "same", outputs([drift])), end].join("\n");
  const env = { PATH: standIn(`process.stdout.write(${JSON.stringify(lines)});`), CI: "true", FORCE_COLOR: undefined };
  const line =
    'a  a  new-data  "d": expected data as of 1, found data of 2, since unknown — ' + `${repairOf("new-data")}\n`;
  expect(await run(["--stack", "a"], env)).toMatchObject({ code: 0, stdout: line });
  const file = join(mkdtempSync(join(tmpdir(), "domo-drift-output-")), "new", "drift.txt");
  const forced = { ...env, FORCE_COLOR: "1" };
  expect(await run(["--stack", "a", "--output", file], forced)).toMatchObject({ code: 0, stdout: "" });
  expect(readFileSync(file, "utf8")).toBe(line);
});

test("one Ctrl-C reaches pulumi once, starts no other stack and ends with 1", async () => {
  const log = join(mkdtempSync(join(tmpdir(), "domo-drift-signal-")), "signals");
  const folder = standIn(`
const { appendFileSync } = require("node:fs");
process.on("SIGINT", () => { appendFileSync(${JSON.stringify(log)}, "SIGINT\\n"); setTimeout(() => process.exit(255), 300); });
setInterval(() => undefined, 1000);
appendFileSync(${JSON.stringify(log)}, "started\\n");
`);
  const command = [join(projectRoot, "dist/cli/main.js"), "drift", "--parallel", "1", "--stack", "a", "--stack", "b"];
  const child = spawn(process.execPath, command, { env: { ...process.env, PATH: folder }, detached: true });
  const stderr: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr.push(text));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  while (!existsSync(log)) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(-(child.pid ?? 0), "SIGINT"); // as a terminal does: to the whole process group
  expect(await ended).toBe(1);
  expect(readFileSync(log, "utf8")).toBe("started\nSIGINT\n");
  expect(stderr.join("")).toBe(
    "looking at stack a\n" +
      "error: a: interrupted before all exports were looked at\n" +
      "error: b: interrupted before all exports were looked at\n" +
      "2 stacks could not be looked at\n",
  );
});

/** A folder with a program of this text named "pulumi". */
function standIn(program: string): string {
  const folder = mkdtempSync(join(tmpdir(), "domo-drift-pulumi-"));
  writeFileSync(join(folder, "pulumi"), `#!${process.execPath}\n${program}\n`, { mode: 0o755 });
  return folder;
}

function run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = [join(projectRoot, "dist/cli/main.js"), "drift", ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}
