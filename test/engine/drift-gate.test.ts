import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { XMLParser } from "fast-xml-parser";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DriftReport } from "../../cli/drift-report";
import { localToken, salesDataset } from "../../local/cloud";
import { projectRoot } from "../../local/paths";
import { select } from "../../provider/query";
import { createStack, type Exports, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.2 } });
}, 900_000);
afterAll(() => cloud.stop());

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

function gate({ workspace }: TestStack, args: string[], more: NodeJS.ProcessEnv = {}): Promise<Run> {
  const env = { ...process.env, ...cloud.env, ...workspace.env, ...more };
  const command = [join(projectRoot, "dist/cli/main.js"), "drift", ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: workspace.folder, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

const newData = () => cloud.emulator.control.advanceData({ dataset: salesDataset });

/** A stack with one export a name, each of the newest data. */
async function stackWith(prefix: string, names: Record<string, Record<string, unknown>>): Promise<TestStack> {
  const stack = await createStack(cloud);
  const exports: Exports = {};
  for (const [name, more] of Object.entries(names)) {
    await newData();
    const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Region")));
    const place = { dataset: salesDataset, bucket: cloud.bucket, path: `exports/${prefix}/${name}` };
    exports[name] = { args: { ...place, query, roleArn: cloud.roleArn, onNewData: "ignore", ...more } };
    await stack.mustRun(exports, "up", "--yes", "--skip-preview");
  }
  return stack;
}

async function outputsOf(stack: TestStack, name: string) {
  const outputs = (await stack.state(name))?.outputs;
  const files = outputs?.files as { key: string; bytes: number; etag: string }[];
  return { exportId: String(outputs?.exportId), startedAt: String(outputs?.startedAt), file: files[0]! };
}

const everything = async (stack: TestStack) =>
  JSON.stringify([await stack.workspace.stackExport(), await cloud.s3.keys(cloud.bucket)]);

test("each kind of drift is one line, and state and S3 stay as they are", async () => {
  const stack = await stackWith("kinds", {
    changed: {},
    data: { onNewData: "report" },
    fine: {},
    gone: {},
    missing: {},
    status: {},
  });
  const [changed, data, gone, missing, status] = await Promise.all(
    ["changed", "data", "gone", "missing", "status"].map((name) => outputsOf(stack, name)),
  );
  await cloud.s3.put(cloud.bucket, changed!.file.key, "tampered");
  await cloud.s3.remove(cloud.bucket, missing!.file.key);
  await cloud.s3.remove(cloud.bucket, gone!.file.key);
  await cloud.emulator.control.forgetExport(gone!.exportId);
  await cloud.emulator.control.editAnswer({ exportId: status!.exportId, fields: { exportStatus: "error" } });

  const before = await everything(stack);
  const { code, stdout, stderr } = await gate(stack, ["--format", "json"]);
  expect(stderr).toBe("looking at stack test\n5 of 6 exports in 1 stack drifted\n");
  expect(code).toBe(2);
  expect(await everything(stack)).toBe(before);
  expect(stdout).not.toContain(localToken);

  const report = JSON.parse(stdout) as DriftReport;
  const schema = JSON.parse(readFileSync(join(projectRoot, "docs/drift.schema.json"), "utf8")) as object;
  const ajv = new Ajv2020({ formats: { "date-time": true } });
  expect(ajv.validate(schema, report), ajv.errorsText()).toBe(true);
  const found = Object.fromEntries(report.stacks[0]!.exports.map(({ name, drift }) => [name, drift]));
  const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
  const stored = ({ bytes, etag }: { bytes: number; etag: string }) => `${bytes} bytes, etag ${etag}`;
  expect(found).toEqual({
    changed: [
      {
        kind: "object-changed",
        subject: changed!.file.key,
        expected: stored(changed!.file),
        actual: `8 bytes, etag ${createHash("md5").update("tampered").digest("hex")}`,
        since: at,
      },
    ],
    data: [
      { kind: "new-data", subject: salesDataset, expected: `data as of ${data!.startedAt}`, actual: at, since: at },
    ].map((drift) => ({ ...drift, actual: expect.stringMatching(/^data of /) as string })),
    fine: [],
    gone: [
      {
        kind: "gone",
        subject: gone!.exportId,
        expected: "an export",
        actual: "neither an object in S3 nor an entry at Domo",
      },
    ],
    missing: [
      {
        kind: "object-missing",
        subject: missing!.file.key,
        expected: stored(missing!.file),
        actual: "no such object",
      },
    ],
    status: [{ kind: "status-changed", subject: status!.exportId, expected: "success", actual: "error" }],
  });

  const text = await gate(stack, []);
  expect(text.code).toBe(2);
  expect(text.stdout.split("\n").map((line) => line.split(/ {2,}/, 3).join(" "))).toEqual([
    "test changed object-changed",
    "test data new-data",
    "test gone gone",
    "test missing object-missing",
    "test status status-changed",
    "",
  ]);
  const { stdout: xml } = await gate(stack, ["--format", "junit"]);
  const parsed = new XMLParser({ ignoreAttributes: false }).parse(xml) as {
    testsuites: { testsuite: { "@_name": string; testcase: { "@_name": string; failure?: unknown }[] } };
  };
  const { testcase } = parsed.testsuites.testsuite;
  expect(testcase.filter(({ failure }) => failure).map((one) => one["@_name"])).toEqual(
    Object.keys(found).filter((name) => name !== "fine"),
  );

  await stack.mustRun({}, "refresh", "--yes", "--skip-preview");
  const recorded = JSON.parse((await gate(stack, ["--format", "json"])).stdout) as DriftReport;
  expect(recorded.stacks[0]!.exports.filter(({ drift }) => drift.length > 0).map(({ name }) => name)).toEqual([
    "changed",
    "data",
    "missing",
    "status",
  ]);
});

test("without drift nothing is printed; a stack that fails does not hide the others", async () => {
  const stack = await stackWith("none", { fine: {} });
  const none = await gate(stack, []);
  expect(none).toEqual({ code: 0, stdout: "", stderr: "looking at stack test\nNo drift in 1 export in 1 stack\n" });

  const { file } = await outputsOf(stack, "fine");
  await cloud.s3.remove(cloud.bucket, file.key);
  const args = ["--stack", "nope", "--stack", "test", "--format", "markdown", "--output", "drift.md"];
  const some = await gate(stack, args);
  expect(some.code).toBe(1);
  expect(some.stdout).toBe("");
  expect(some.stderr).toContain("error: nope: no stack named 'nope' found\n");
  const markdown = readFileSync(join(stack.workspace.folder, "drift.md"), "utf8");
  expect(markdown).toContain("- `nope`: `no stack named 'nope' found`\n");
  expect(markdown).toContain(`| \`test\` | \`fine\` | \`object-missing\` | \`${file.key}\` |`);

  const unreachable = await gate(stack, [], { DOMO_DEVELOPER_TOKEN: "wrong" });
  expect(unreachable.code).toBe(1);
  expect(unreachable.stderr).toContain("error: test: fine: [GET] ");
  expect(unreachable.stderr).toContain("the developer token is invalid or expired");
  expect(unreachable.stdout).toBe("");
});

test("an export that failed is told with the reason", async () => {
  const stack = await stackWith("silent", { fine: {} });
  await newData();
  await cloud.emulator.control.setOptions({ failWith: { errorCode: "QUERY_FAILED", message: "Out of memory" } });
  const args = (await stack.state("fine"))?.inputs ?? {};
  const { dataset, query, bucket, roleArn } = args;
  const broken = { dataset, query, bucket, roleArn, path: "exports/silent/broken", onNewData: "ignore" };
  const kept = { ...broken, path: "exports/silent/fine" };
  await stack.run({ fine: { args: kept }, broken: { args: broken } }, "up", "--yes", "--skip-preview");
  await cloud.emulator.control.setOptions({ failWith: null });
  const { code, stdout } = await gate(stack, []);
  expect(code).toBe(2);
  expect(stdout).toContain('test  broken  not-delivered  "');
  expect(stdout).toContain("failed at Domo: QUERY_FAILED: Out of memory");
});
