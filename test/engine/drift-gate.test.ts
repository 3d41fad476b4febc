import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { XMLParser } from "fast-xml-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DriftReport } from "../../cli/drift/report";
import { paintWith } from "../../cli/colors";
import { renderTerminal } from "../../cli/drift/terminal";
import { ordersDataset } from "../../emulator/make-orders";
import { localToken, salesDataset } from "../../local/cloud";
import { projectRoot } from "../../local/paths";
import { select } from "../../provider/query/build/builder";
import { createRole } from "../../local/aws-fixtures";
import { startFaultProxy } from "../../local/fault-proxy";
import {
  createStack,
  type Exports,
  type Shell,
  shells,
  startTestCloud,
  type TestCloud,
  type TestStack,
} from "../support/stack";

const returnsDataset = "a0000000-0000-4000-8000-000000000001";
const buckets = { gone: "test-bucket-gone", moved: "test-bucket-moved" };
const up = ["up", "--yes", "--skip-preview"];

const classes: Record<Shell, { from: string; type: string }> = {
  dynamic: { from: "pulumi-domo-s3-export", type: "pulumi-nodejs:dynamic/domo:S3Export" },
  plugin: { from: "pulumi-domo-s3-export/plugin", type: "domo:index:S3Export" },
};

const programOf = (shell: Shell) => `
const { ComponentResource } = require("@pulumi/pulumi");
const { DomoS3Export } = require("${classes[shell].from}");
const reports = new ComponentResource("shop:Reports", "reports");
for (const [name, { args }] of Object.entries(JSON.parse(process.env.TEST_EXPORTS ?? "{}"))) {
  new DomoS3Export(name, args, name === "nested" ? { parent: reports } : {});
}
`;

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Recorded {
  readonly exportId: string;
  readonly startedAt: string;
  readonly file: { readonly key: string; readonly bytes: number; readonly etag: string };
}

describe.each(shells)("%s", (shell) => {
  let cloud: TestCloud;
  let stack: TestStack;
  let recorded: Readonly<Record<string, Recorded>>;
  let gate: Run;
  let calls: { readonly domo: readonly string[]; readonly s3: readonly string[] };
  let before: string;
  let after: string;

  /** Stack "test" has an export for each kind of drift, stack "other" one whose object is gone. One run looks at both. */
  beforeAll(async () => {
    const datasets = [ordersDataset({ id: salesDataset }), ordersDataset({ id: returnsDataset })];
    const access = { [salesDataset]: "READ", [returnsDataset]: "READ" };
    const users = [{ token: localToken, id: 27, displayName: "Dana Reader", datasets: access }];
    cloud = await startTestCloud({ emulator: { datasets, users, exportSeconds: 0.2, reuse: "never" } });
    stack = await createStack(cloud, shell);
    stack.workspace.write({ "index.js": programOf(shell) });
    await deliver();
    recorded = await recordedExports();
    await makeDrift();
    before = await everything();
    [gate, calls] = await counting((env) => runGate(["--all-stacks", "--format", "json"], env));
    after = await everything();
  }, 900_000);
  afterAll(() => cloud.stop());

  async function deliver(): Promise<void> {
    const exportOf = (path: string, more: Record<string, unknown> = {}) => {
      const query: unknown = JSON.parse(JSON.stringify(select("Order ID")));
      const place = { bucket: cloud.bucket, roleArn: cloud.roleArn, path: `exports/${path}` };
      return { args: { dataset: salesDataset, query, onNewData: "ignore", ...place, ...more } };
    };
    const exports: Exports = {
      column: exportOf("column", { dataset: returnsDataset, query: select("Order ID", "Region") }),
      data: exportOf("data", { onNewData: "report" }),
    };
    for (const name of ["changed", "fine", "gone", "missing", "nested", "status"]) exports[name] = exportOf(name);
    for (const [name, bucket] of Object.entries(buckets)) {
      await cloud.s3.createBucket(bucket);
      const roleArn = await createRole(cloud.moto, { bucket, prefix: "exports" });
      exports[`bucket-${name}`] = exportOf(name, { bucket, roleArn });
    }
    await stack.mustRun(exports, ...up);

    const { control } = cloud.emulator;
    await control.setOptions({ failWith: { errorCode: "QUERY_FAILED", message: "Out of memory" } });
    const { code } = await stack.run({ ...exports, broken: exportOf("broken") }, ...up);
    expect(code).not.toBe(0);
    await control.setOptions({ failWith: null });

    await stack.mustRun({}, "stack", "init", "other", "--no-select");
    await stack.mustRun({ sales: exportOf("other", { dataset: returnsDataset }) }, ...up, "--stack", "other");
  }

  async function makeDrift(): Promise<void> {
    const { s3, emulator, bucket } = cloud;
    const { changed, gone, missing, nested, sales, status } = recorded;
    await s3.put(bucket, changed!.file.key, "tampered");
    for (const { file } of [gone!, missing!, nested!, sales!]) await s3.remove(bucket, file.key);
    await emulator.control.forgetExport(gone!.exportId);
    await emulator.control.editAnswer({ exportId: status!.exportId, fields: { exportStatus: "error" } });
    await emulator.control.advanceData({ dataset: salesDataset });
    await emulator.control.advanceData({ dataset: returnsDataset, dropColumn: "Region" });
    for (const name of Object.values(buckets)) await s3.removeBucket(name);
    await s3.createBucket(buckets.moved, "eu-central-1");
  }

  async function stateOf(name: string) {
    return JSON.parse(await stack.mustRun({}, "stack", "export", "--stack", name)) as {
      deployment: { resources: { urn: string; outputs?: Record<string, unknown> }[] };
    };
  }

  async function recordedExports(): Promise<Record<string, Recorded>> {
    const states = await Promise.all(["test", "other"].map(stateOf));
    const resources = states.flatMap(({ deployment }) => deployment.resources);
    const entries = resources.flatMap(({ urn, outputs = {} }) => {
      const { exportId, startedAt, files } = outputs as unknown as Recorded & { files?: Recorded["file"][] };
      return files?.[0] ? [[urn.split("::").at(-1), { exportId, startedAt, file: files[0] }] as const] : [];
    });
    return Object.fromEntries(entries) as Record<string, Recorded>;
  }

  /** State of both stacks and all that S3 lists, as one text. */
  async function everything(): Promise<string> {
    const states = await Promise.all(["test", "other"].map(stateOf));
    const listings = await Promise.all([cloud.bucket, buckets.moved].map((bucket) => cloud.s3.listing(bucket)));
    return JSON.stringify([states, listings]);
  }

  /** Runs `work` and tells which calls Domo and S3 have answered meanwhile. */
  async function counting<T>(work: (env: NodeJS.ProcessEnv) => Promise<T>): Promise<[T, typeof calls]> {
    const s3: string[] = [];
    const proxy = await startFaultProxy(cloud.moto.endpoint, ({ method, url }) => {
      s3.push(url.includes("list-type") ? "list" : method);
    });
    const { control } = cloud.emulator;
    const afterId = (await control.requests()).at(-1)?.id;
    const result = await work({ AWS_ENDPOINT_URL: proxy.url });
    await proxy.shut();
    const domo = (await control.requests({ afterId })).map(({ method, path }) => `${method} ${path}`);
    return [result, { domo: domo.sort(), s3: s3.sort() }];
  }

  function runGate(args: string[], more: NodeJS.ProcessEnv = {}): Promise<Run> {
    const env = { ...process.env, ...cloud.env, ...stack.workspace.env, ...more };
    const command = [join(projectRoot, "dist/cli/main.js"), "drift", ...args];
    return new Promise((resolve) => {
      execFile(process.execPath, command, { cwd: stack.workspace.folder, env }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  }

  const reportOf = ({ stdout }: Run) => JSON.parse(stdout) as DriftReport;
  const findingsOf = ({ stacks }: DriftReport, name: string) =>
    Object.fromEntries(stacks.find(({ stack }) => stack === name)?.exports.map((one) => [one.name, one.drift]) ?? []);
  const stored = ({ file }: Recorded) => `${file.bytes} bytes, etag ${file.etag}`;
  const missing = (one: Recorded) => ({
    kind: "object-missing",
    subject: one.file.key,
    expected: stored(one),
    actual: "no such object",
  });

  test("what the provider is told of an export's URN is the engine's own, in a component or not", async () => {
    const { resources } = (await stateOf("test")).deployment;
    const exports = resources.filter(({ outputs }) => outputs && "exportId" in outputs);
    expect(exports.length).toBeGreaterThan(10);
    const told = exports.map(({ outputs }) => outputs?.resourceUrn);
    expect(told).toEqual(exports.map(({ urn }) => (shell === "dynamic" ? urn : undefined)));
  });

  test("drift ends with 2 and says how many exports of all stacks drifted", () => {
    expect(gate.stderr.split("\n").sort()).toEqual([
      "",
      "10 of 12 exports in 2 stacks drifted",
      "looking at stack other",
      "looking at stack test",
    ]);
    expect(gate.code).toBe(2);
  });

  test("state and S3 stay as they are", () => {
    expect(recorded.fine?.file.etag).toMatch(/^[0-9a-f]{32}/);
    expect(before).toContain(recorded.fine?.file.etag);
    expect(before).toContain('"urn:pulumi:other::');
    expect(after).toBe(before);
  });

  test("each kind of drift is told with what was expected and what was found", () => {
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
    const { changed, column, data, fine, gone, ...others } = recorded;
    const moved = others["bucket-moved"]!;
    expect([column, fine].every(Boolean)).toBe(true);
    expect(findingsOf(reportOf(gate), "test")).toEqual({
      broken: [
        {
          kind: "not-delivered",
          subject: expect.any(String) as string,
          expected: "success",
          actual: expect.stringMatching(/^error: .* failed at Domo: QUERY_FAILED: Out of memory/) as string,
        },
      ],
      "bucket-gone": [{ kind: "bucket-gone", subject: buckets.gone, expected: "a bucket", actual: "no such bucket" }],
      "bucket-moved": [
        { kind: "bucket-moved", subject: buckets.moved, expected: "eu-west-3", actual: "eu-central-1" },
        missing(moved),
        {
          kind: "manifest-missing",
          subject: "exports/moved/_bucket-moved.manifest.json",
          expected: `the manifest of export ${moved.exportId}`,
          actual: "no such object",
        },
      ],
      changed: [
        {
          kind: "object-changed",
          subject: changed!.file.key,
          expected: stored(changed!),
          actual: `8 bytes, etag ${createHash("md5").update("tampered").digest("hex")}`,
          since: time,
        },
      ],
      column: [
        {
          kind: "column-gone",
          subject: "Region",
          expected: "a column of the dataset",
          actual: "no such column",
        },
      ],
      data: [
        {
          kind: "new-data",
          subject: salesDataset,
          expected: `data as of ${data!.startedAt}`,
          actual: expect.stringMatching(/^data of \d{4}-/) as string,
          since: time,
        },
      ],
      fine: [],
      gone: [
        {
          kind: "gone",
          subject: gone!.exportId,
          expected: "an export",
          actual: "neither an object in S3 nor an entry at Domo",
        },
      ],
      missing: [missing(others.missing!)],
      nested: [missing(others.nested!)],
      // What Domo says of an ended export later is no drift while its objects are intact.
      status: [],
    });
  });

  test("Domo is asked once for each dataset of a stack, for all at once if it can be, and S3 lists at most once for a delivered export", () => {
    // Who the user is matters only where policies restrict rows: here they don't.
    const ofDataset = (id: string) => [
      `GET /api/query/v1/datasources/${id}/schema/indexed`,
      `GET /api/query/v1/data-control/${id}/filter-groups`,
    ];
    // The list of exports is asked for only where no object is left.
    const list = (id: string) => `GET /api/query/v1/export/${id}`;
    const single = (id: string) => `GET /api/data/v3/datasources/${id}`;
    // On a busy machine the engine hands the exports over one by one.
    const bulk = "POST /api/data/v3/datasources/bulk";
    const facts = calls.domo.includes(bulk) ? [bulk] : [salesDataset, returnsDataset].map(single);
    const inTest = [...facts, ...ofDataset(salesDataset), ...ofDataset(returnsDataset)];
    const inOther = [single(returnsDataset), ...ofDataset(returnsDataset)];
    const lists = [list(salesDataset), list(returnsDataset)];
    expect(calls.domo).toEqual([...inTest, ...inOther, ...lists].sort());
    expect(calls.s3.filter((call) => call === "list").length).toBeLessThanOrEqual(9 + 1);
  });

  test("an export below a component is told by its own name and its whole URN", () => {
    const nested = reportOf(gate).stacks.find(({ stack }) => stack === "test");
    expect(nested?.exports.find(({ name }) => name === "nested")?.urn).toBe(
      `urn:pulumi:test::program::shop:Reports$${classes[shell].type}::nested`,
    );
  });

  test("all stacks are told in the order of their names, each with its own drift", () => {
    const report = reportOf(gate);
    expect(report.stacks.map(({ stack }) => stack)).toEqual(["other", "test"]);
    expect(findingsOf(report, "other")).toEqual({ sales: [missing(recorded.sales!)] });
  });

  test("the report is as its published schema says, and holds no token", () => {
    const schema = JSON.parse(readFileSync(join(projectRoot, "docs/drift.schema.json"), "utf8")) as object;
    const ajv = new Ajv2020({ formats: { "date-time": true } });
    expect(ajv.validate(schema, reportOf(gate)), ajv.errorsText()).toBe(true);
    expect(gate.stdout + gate.stderr).not.toContain(localToken);
  });

  test("drift that a refresh has recorded is told again; what was gone is no longer in state", async () => {
    await stack.mustRun({}, "refresh", "--yes", "--skip-preview");
    const { code, stdout } = await runGate([]);
    expect(code).toBe(2);
    const told = reportOf(gate).stacks.filter(({ stack }) => stack === "test");
    const left = told.map((one) => ({ ...one, exports: one.exports.filter(({ name }) => name !== "gone") }));
    const lines = renderTerminal({ version: 1, stacks: left }, paintWith(false)).split("\n");
    expect(withoutBroken(stdout.split("\n"))).toEqual(withoutBroken(lines));
    expect(stdout).toMatch(
      /^test {2}broken +not-delivered +"[^"]+": expected success, found error, since unknown — `pulumi up` exports again;/m,
    );
  });

  /** A refresh takes the reasons of a failure out of state; its status stays. */
  function withoutBroken(lines: string[]): string[] {
    return lines.filter((line) => !line.includes("  broken  "));
  }

  test("a stack that fails does not hide the others, and the file has its error in each format", async () => {
    const both = ["--stack", "nope", "--stack", "other"];
    const error = "no stack named 'nope' found";
    const inFile = (name: string) => readFileSync(join(stack.workspace.folder, name), "utf8");
    const [text, junit] = await Promise.all([
      runGate([...both, "--output", "drift.txt"]),
      runGate([...both, "--format", "junit", "--output", "drift.xml"]),
    ]);
    for (const { code, stdout, stderr } of [text, junit]) {
      expect(code).toBe(1);
      expect(stdout).toBe("");
      expect(stderr).toContain(
        `error: nope: ${error}\n1 of 1 export in 1 stack drifted; 1 stack could not be looked at\n`,
      );
    }
    const { key } = recorded.sales!.file;
    expect(inFile("drift.txt")).toBe(
      `other  sales  object-missing  "${key}": expected ${stored(recorded.sales!)}, found no such object, since unknown — \`pulumi up --refresh\` exports again, once the dataset has new data.\n` +
        `error: nope: ${error}\n`,
    );
    const parsed: unknown = new XMLParser({ ignoreAttributes: false, htmlEntities: true }).parse(inFile("drift.xml"));
    expect(parsed).toMatchObject({
      testsuites: {
        testsuite: [
          { "@_name": "nope", testcase: { error: { "@_message": error } } },
          { "@_name": "other", testcase: { "@_name": "sales", failure: { "@_type": "object-missing" } } },
        ],
      },
    });
  });

  test("a stack of which Domo can't be asked is an error, never no drift", async () => {
    const { code, stdout, stderr } = await runGate(["--stack", "other"], { DOMO_DEVELOPER_TOKEN: "wrong" });
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("error: other: sales: [GET] ");
    expect(stderr).toContain("the developer token is invalid or expired");
    expect(stderr).not.toContain("wrong");
  });

  test("without drift nothing is printed", async () => {
    await stack.mustRun({}, "stack", "init", "quiet", "--no-select");
    const query: unknown = JSON.parse(JSON.stringify(select("Order ID")));
    const place = { bucket: cloud.bucket, roleArn: cloud.roleArn, path: "exports/quiet" };
    await stack.mustRun({ quiet: { args: { dataset: salesDataset, query, ...place } } }, ...up, "--stack", "quiet");
    expect(await runGate(["--stack", "quiet"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "looking at stack quiet\nNo drift in 1 export in 1 stack\n",
    });
  });

  // Last: it takes the dataset away.
  test("a dataset that was removed is drift, and ends with 2", async () => {
    await stack.mustRun({}, "stack", "init", "removed", "--no-select");
    const query: unknown = JSON.parse(JSON.stringify(select("Order ID")));
    const place = { bucket: cloud.bucket, roleArn: cloud.roleArn, path: "exports/removed" };
    const exports = { removed: { args: { dataset: returnsDataset, query, ...place } } };
    await stack.mustRun(exports, ...up, "--stack", "removed");
    await cloud.emulator.control.removeDataset(returnsDataset);
    const run = await runGate(["--stack", "removed", "--format", "json"]);
    expect(run.code, run.stderr).toBe(2);
    expect(findingsOf(reportOf(run), "removed")).toEqual({
      removed: [{ kind: "dataset-gone", subject: returnsDataset, expected: "a dataset", actual: "no such dataset" }],
    });
  });
});
